"""HAProxy that hangs, breaks off, refuses or talks nonsense: what was sent, and what is known."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.errors import Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.drivers.haproxy import node as haproxy_node
from migrations_app.drivers.haproxy import wire as haproxy_wire
from tests.drivers.build import SOON, at
from tests.drivers.stub import TABLE, WELL, stub

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrations_app.drivers.haproxy.wire import Address
    from migrations_app.wire.deadline import Deadline

ALL, NOTHING = Decimal(100), Decimal(0)
STATIC = b"Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.\n\n"
UP, DOWN = "set server app/green weight 100", "set server app/blue weight 0"
READ = "show servers state app"


def answering(**sets: bytes | None) -> Callable[[str], bytes | None]:
    """Reads are answered well; a write of `green` or `blue` as given, else with success."""

    def answer(line: str) -> bytes | None:
        if line.startswith("show"):
            return WELL
        return sets.get(line.split()[2].removeprefix("app/"), b"\n")

    return answer


def outcome(answer: Callable[[str], bytes | None]) -> tuple[SeamError, list[str]]:
    """What flipping everything to GREEN comes to, and every line that was sent for it."""
    with stub(answer) as haproxy:
        with pytest.raises(SeamError) as caught:
            at(haproxy.address, timeout=SOON).apply(ALL, None)
        return caught.value, haproxy.heard


def test_hung_before_anything_was_written_nothing_is_unknown() -> None:
    error, heard = outcome(lambda _: None)
    assert type(error) is Transient
    assert heard == [READ]


def test_hung_at_the_first_write_it_is_unknown_and_nothing_else_is_sent() -> None:
    error, heard = outcome(answering(green=None))
    assert type(error) is UnknownOutcome
    assert heard == [READ, UP]


def test_hung_at_the_second_write_it_is_unknown() -> None:
    error, heard = outcome(answering(blue=None))
    assert type(error) is UnknownOutcome
    assert heard == [READ, UP, DOWN]


@pytest.mark.parametrize("cut", [b"", b"No such ser", b"\x00\xff"])
def test_broken_off_at_a_write_it_is_unknown(cut: bytes) -> None:
    error, _ = outcome(answering(green=cut))
    assert type(error) is UnknownOutcome


def test_a_refused_raise_is_permanent_and_blue_is_never_lowered() -> None:
    error, heard = outcome(answering(green=STATIC))
    assert type(error) is Permanent
    assert "balance roundrobin" in str(error)
    assert heard == [READ, UP]


def test_a_refused_lowering_is_unknown_because_green_is_up() -> None:
    error, heard = outcome(answering(blue=b"No such server.\n\n"))
    assert type(error) is UnknownOutcome
    assert "No such server" in str(error)
    assert "app/green to 100 had been set" in str(error)
    assert heard == [READ, UP, DOWN]


def test_a_read_only_socket_is_explained() -> None:
    error, _ = outcome(answering(green=b"Permission denied\n\n"))
    assert type(error) is Permanent
    assert "`level admin`" in str(error)


def test_a_writer_that_was_paused_does_not_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped for a minute between two writes: meanwhile somebody may have rolled back."""
    clock = [0.0]
    ask = haproxy_wire.ask

    def pause_after_the_raise(address: Address, line: str, deadline: Deadline) -> str:
        answer = ask(address, line, deadline)
        clock[0] += 60 * (line == UP)
        return answer

    monkeypatch.setattr("migrations_app.wire.deadline.time.monotonic", lambda: clock[0])
    monkeypatch.setattr(haproxy_node, "ask", pause_after_the_raise)
    error, heard = outcome(answering())
    assert type(error) is UnknownOutcome
    assert heard == [READ, UP]


def test_a_socket_that_may_not_be_opened_is_a_persons_to_mend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(haproxy_wire, "_link", refuse)
    with pytest.raises(Permanent, match=r"may not open unix:///run/haproxy\.sock"):
        at("unix:///run/haproxy.sock").observe()


def test_a_name_is_looked_up_and_every_address_of_it_tried() -> None:
    """`localhost` may be ::1 first, where nobody listens."""
    with stub(answering()) as haproxy:
        assert at(haproxy.address.replace("127.0.0.1", "localhost")).observe().weight == 0


def test_a_name_nobody_knows_is_transient() -> None:
    with pytest.raises(Transient, match=r"Nobody listens at tcp://nowhere\.invalid:1"):
        at("tcp://nowhere.invalid:1").observe()


def test_two_writers_never_leave_the_lights_out() -> None:
    """Each lowered the other's side; whoever reads last puts BLUE back and says so."""
    dark = TABLE.format(blue=0, green=0).encode()
    heard: list[str] = []

    def answer(line: str) -> bytes:
        heard.append(line)
        return (dark if DOWN in heard else WELL) if line == READ else b"\n"

    error, sent = outcome(answer)
    assert type(error) is UnknownOutcome
    assert sent == [READ, UP, DOWN, READ, "set server app/blue weight 100"]
    assert "somebody else" in str(error)


@pytest.mark.parametrize(
    "garbage",
    [
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\n\n",
        b"\xff\xfe\x00garbage\n\n",
        b"1\n# srv_name srv_uweight\n3 app\n\n",
        b"1\n# srv_name srv_uweight srv_iweight\nblue many 100\n\n",
        b"\n",
    ],
)
def test_garbage_is_permanent_and_nothing_is_written(garbage: bytes) -> None:
    error, heard = outcome(lambda _: garbage)
    assert type(error) is Permanent
    assert "stats socket" in str(error)
    assert heard == [READ]


@pytest.mark.parametrize("cut", [b"", WELL[:-1], WELL[:200], b"x"])
def test_half_an_answer_is_no_answer(cut: bytes) -> None:
    with stub(lambda _: cut) as haproxy, pytest.raises(Transient, match="cut off"):
        at(haproxy.address).observe()


def test_an_endless_answer_is_not_read_to_the_end() -> None:
    flood = b"x" * (haproxy_wire.LARGEST_ANSWER * 4)
    with stub(lambda _: flood) as haproxy, pytest.raises(Transient, match="more than 1048576"):
        at(haproxy.address).observe()


def test_a_large_but_honest_answer_is_read() -> None:
    rest = b"3 app 9 other 127.0.0.1 2 0 0 0 6 0\n" * 8_000
    with stub(lambda _: WELL[:-1] + rest + b"\n") as haproxy:
        assert at(haproxy.address).observe().weight == 0


def test_a_detail_about_many_servers_stays_short() -> None:
    names = [f"a-rather-long-name-{number}" for number in range(60)]
    rest = "".join(f"3 app 9 {name} 127.0.0.1 0 1 0 0 6 0\n" for name in names)
    with stub(lambda _: WELL[:-1] + rest.encode() + b"\n") as haproxy:
        assert len(at(haproxy.address, blue=["blue", *names]).observe().detail) <= 500


@pytest.mark.parametrize(
    ("keys", "told"),
    [
        ({"green": "gren"}, "it has no server called gren; it has: blue, green"),
        ({"blue": ["blue", "b2"], "green": "g2"}, "no server called b2 or g2"),
    ],
)
def test_a_missing_server_is_named_with_those_that_are_there(
    keys: dict[str, object], told: str
) -> None:
    with stub(answering()) as haproxy, pytest.raises(Permanent, match=told):
        at(haproxy.address, **keys).apply(NOTHING, None)
    assert haproxy.heard == [READ]


def test_looking_sends_no_write() -> None:
    with stub(answering()) as haproxy:
        driver = at(haproxy.address)
        driver.observe()
        driver.preview(ALL)
        driver.manual_commands(ALL)
        driver.check()
    assert haproxy.heard
    assert all(line.startswith("show ") for line in haproxy.heard)


def test_preview_is_what_will_be_sent_in_that_order() -> None:
    with stub(answering()) as haproxy:
        driver = at(haproxy.address)
        assert driver.preview(ALL) == [
            f"{haproxy.address}: {UP} (now 0)",
            f"{haproxy.address}: {DOWN} (now 100)",
        ]
        driver.apply(ALL, None)
    assert [line for line in haproxy.heard if line.startswith("set")] == [UP, DOWN]

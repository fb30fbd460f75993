"""The contract of sources at small authoritative servers, and what is made of their answers."""

from __future__ import annotations

from contextlib import ExitStack, closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import ConfigError
from migrations_app.domain.reading import Outcome
from migrations_app.sources.dns import source as module
from migrations_app.sources.dns.config import DNSConfig, server
from migrations_app.sources.dns.source import DNSSource
from tests.fakes.nameserver import NameServer
from tests.sources.build import LONG, NOW, SHORT, read_one
from tests.sources.contract import PresentContract

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

WWW: Final = "www.orders.example"
_SOA: Final = "ns1.orders.example. admin.orders.example. {} 60 60 60 60"
ZONE: Final = {
    ("orders.example.", "SOA"): (60, (_SOA.format(7),)),
    ("www.orders.example.", "A"): (60, ("192.0.2.1", "192.0.2.2")),
    ("api.orders.example.", "CNAME"): (30, ("green.orders.example.",)),
    ("www.orders.example.", "TXT"): (30, ('"hello, world"',)),
}


class DNSBench:
    """A record whose time to live somebody changes."""

    secrets = ()
    at = datetime.now(UTC)
    moving = f"ttl({WWW}, A)"
    refused = f"agree({WWW}, A)"
    never: Final[Mapping[Outcome, str]] = {
        Outcome.MANY_SERIES: "every question is about all servers together",
        Outcome.NOT_FINITE: "counts, seconds and percentages of at least one server are finite",
    }
    answers: Final[Mapping[Outcome, str]] = {
        Outcome.OK: f"agree({WWW}, A, 192.0.2.2 | 192.0.2.1)",
        Outcome.EMPTY: "ttl(nobody.orders.example, A)",
        Outcome.ERROR: "ttl(www.payments.example, A)",
    }

    def __init__(self, server: NameServer) -> None:
        self._server = server
        self._ttl = 60

    def move(self) -> None:
        self._ttl += 1
        _, values = self._server.zone["www.orders.example.", "A"]
        self._server.zone["www.orders.example.", "A"] = (self._ttl, values)

    def moved(self, _at: datetime) -> float:
        return float(self._ttl)

    def config(self, timeout: float = LONG) -> DNSConfig:
        keys = {"zone": "orders.example", "servers": [self._server.address], "timeout": timeout}
        return DNSConfig.model_validate(keys)

    def open(self, timeout: float = LONG) -> DNSSource:
        return DNSSource(self.config(timeout))

    def silent(self) -> AbstractContextManager[None]:
        return self._server.silent()


class TestDNSAtASmallServer(PresentContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[DNSBench]:
        with closing(NameServer(ZONE)) as server:
            yield DNSBench(server)


@pytest.fixture
def servers() -> Iterator[list[NameServer]]:
    with ExitStack() as stack:
        yield [stack.enter_context(closing(NameServer(ZONE))) for _ in range(4)]


def _value(servers: list[NameServer], text: str, timeout: float = LONG) -> float | None:
    with closing(_source(servers, timeout)) as source:
        return read_one(source, text, NOW).value


def _source(servers: list[NameServer], timeout: float = LONG) -> DNSSource:
    keys = {"zone": "orders.example", "servers": [one.address for one in servers]}
    return DNSSource(DNSConfig.model_validate({**keys, "timeout": timeout}))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"agree({WWW}, A, 192.0.2.1|192.0.2.2)", 100.0),
        (f"agree({WWW}, a, 192.0.2.1)", 0.0),
        ("agree(API.orders.example, CNAME, Green.Orders.Example.)", 100.0),
        ("agree(api.orders.example, CNAME, green.orders.example)", 100.0),
        (f'agree({WWW}, TXT, "hello, world")', 100.0),
        (f"agree({WWW}, AAAA, 2001:db8::1)", 0.0),
        (f"distinct({WWW}, A)", 1.0),
        ("distinct(nobody.orders.example, A)", 1.0),
        ("ttl(api.orders.example, CNAME)", 30.0),
        ("serial_spread", 0.0),
    ],
)
def test_what_can_be_asked(servers: list[NameServer], text: str, value: float) -> None:
    assert _value(servers, text) == value


def test_a_change_spreads_from_server_to_server(servers: list[NameServer]) -> None:
    text = f"agree({WWW}, A, 192.0.2.9)"
    for count, one in enumerate(servers, 1):
        one.zone["www.orders.example.", "A"] = (300, ("192.0.2.9",))
        one.zone["orders.example.", "SOA"] = (60, (_SOA.format(9),))
        assert _value(servers, text) == 25.0 * count
        assert _value(servers, f"distinct({WWW}, A)") == (2.0 if count < 4 else 1.0)
        assert _value(servers, f"ttl({WWW}, A)") == 300.0
        assert _value(servers, "serial_spread") == (2.0 if count < 4 else 0.0)


def test_serials_begin_again(servers: list[NameServer]) -> None:
    for one, serial in zip(servers, (4294967295, 0, 1, 4294967294), strict=True):
        one.zone["orders.example.", "SOA"] = (60, (_SOA.format(serial),))
    assert _value(servers, "serial_spread") == 3.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rcode": "REFUSED"}, "REFUSED"),
        ({"rcode": "SERVFAIL"}, "SERVFAIL"),
        ({"authority": False}, "not authoritative"),
    ],
)
def test_a_server_that_does_not_say_agrees_with_nobody(
    servers: list[NameServer], change: dict[str, object], words: str
) -> None:
    for key, value in change.items():
        setattr(servers[2], key, value)
    assert _value(servers, f"agree({WWW}, A, 192.0.2.1|192.0.2.2)") == 75.0
    with closing(_source(servers)) as source:
        reading = read_one(source, f"distinct({WWW}, A)", NOW)
        findings = source.check()
    assert reading.outcome is Outcome.ERROR
    assert "1 of 4 servers did not say" in reading.detail
    assert [one.ok for one in findings] == [True, True, False, True]
    assert words in reading.detail


def test_a_silent_server_agrees_with_nobody(servers: list[NameServer]) -> None:
    with servers[0].silent():
        assert _value(servers, f"agree({WWW}, A, 192.0.2.1|192.0.2.2)", SHORT) == 75.0


def test_a_name_that_nobody_has_is_an_answer(servers: list[NameServer]) -> None:
    for one in servers:
        one.rcode = "NXDOMAIN"
    assert _value(servers, f"agree({WWW}, A, 192.0.2.1)") == 0.0
    assert _value(servers, f"ttl({WWW}, A)") is None


def test_a_lost_datagram_is_sent_again(servers: list[NameServer]) -> None:
    servers[0].lost = 1
    assert _value(servers[:1], f"ttl({WWW}, A)", 3.0) == 60.0


def test_an_answer_too_long_for_a_datagram_comes_over_tcp(servers: list[NameServer]) -> None:
    servers[0].cut = True
    assert _value(servers[:1], f"ttl({WWW}, A)") == 60.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ttl",
        f"ttl({WWW})",
        f"ttl({WWW}, ANY)",
        f"ttl({WWW}, NOPE)",
        "ttl(a..b.orders.example, A)",
        f"agree({WWW}, A, 999.0.2.1)",
        f"agree({WWW}, A, )",
        f"agree({WWW}, A, 192.0.2.1|)",
        "serial_spread(orders.example)",
    ],
)
def test_what_is_written_wrongly_is_refused(servers: list[NameServer], text: str) -> None:
    with closing(_source(servers)) as source:
        assert read_one(source, text, NOW).outcome is Outcome.ERROR


def test_who_serves_a_zone_is_found_by_its_records() -> None:
    """A server of the zone that is found by its records has to listen on port 53; this one is only
    looked up."""
    records = {
        ("orders.example.", "NS"): (60, ("ns1.orders.example.", "ns2.orders.example.")),
        ("ns1.orders.example.", "A"): (60, ("192.0.2.53",)),
        ("ns2.orders.example.", "AAAA"): (60, ("2001:db8::53",)),
    }
    with closing(NameServer(records)) as resolver:
        keys = {"zone": "orders.example", "resolvers": [resolver.address], "timeout": LONG}
        with closing(DNSSource(DNSConfig.model_validate(keys))) as source:
            assert source._servers(LONG) == [("192.0.2.53", 53), ("2001:db8::53", 53)]
        resolver.rcode = "NXDOMAIN"
        with closing(DNSSource(DNSConfig.model_validate(keys))) as source:
            [finding] = source.check()
    assert not finding.ok
    assert "who serves" in finding.sentence


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("192.0.2.53", ("192.0.2.53", 53)),
        ("192.0.2.53:5353", ("192.0.2.53", 5353)),
        ("2001:db8::53", ("2001:db8::53", 53)),
        ("[2001:db8::53]:5353", ("2001:db8::53", 5353)),
    ],
)
def test_servers_are_numbers(text: str, address: tuple[str, int]) -> None:
    assert server(text) == address


@pytest.mark.parametrize(
    "keys",
    [
        {"zone": ""},
        {"zone": "a b"},
        {"zone": "orders.example", "servers": ["ns1.orders.example"]},
        {"zone": "orders.example", "servers": ["192.0.2.53:0"]},
        {"zone": "orders.example", "resolvers": ["[::1"]},
    ],
)
def test_a_configuration_is_held_to_its_word(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        DNSConfig.model_validate(keys)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "INSTALLED", False)
    with pytest.raises(ConfigError, match=r"install warroom\[dns\]"):
        DNSSource(DNSConfig.model_validate({"zone": "orders.example"}))

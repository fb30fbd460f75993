"""What the doctor sees on a real HAProxy, in plain words."""

from __future__ import annotations

import socket
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.drivers.build import at
from tests.drivers.stub import WELL, stub
from tests.real_haproxy import haproxy

if TYPE_CHECKING:
    from migrations_app.domain.finding import Finding
    from tests.real_haproxy import RealHAProxy

BLUE = "    server blue 127.0.0.1:9 weight 100"
GREEN = "    server green 127.0.0.1:9 weight 0"
BALANCED = "    balance roundrobin"


def look(binary: str, *lines: str, level: str = "admin") -> dict[str, Finding]:
    """Findings by what they are about, of a backend with these lines."""
    with haproxy(binary, "\n".join(lines), level) as running:
        return about(running)


def about(running: RealHAProxy) -> dict[str, Finding]:
    found = at(running.tcp).check()
    return {finding.what.partition(f" at {running.tcp}")[0]: finding for finding in found}


def bad(findings: dict[str, Finding]) -> list[str]:
    return [what for what, finding in findings.items() if not finding.ok]


def test_nothing_is_wrong_with_a_sound_backend(binary: str) -> None:
    found = look(binary, BALANCED, BLUE, GREEN)
    assert bad(found) == []
    assert {"balance of app", "stickiness of app", "server app/blue", "reload of app"} <= set(found)
    assert "without a health check" in found["server app/blue"].sentence


def test_a_green_that_is_down_is_named_with_its_reason(binary: str) -> None:
    with haproxy(binary, f"{BALANCED}\n{BLUE}\n{GREEN} check inter 20ms fall 1") as running:
        wait_until_down(running)
        found = about(running)
        assert bad(found) == ["server app/green"]
        sentence = found["server app/green"].sentence
        assert sentence.startswith("server app/green is DOWN (")
        assert "Connection refused" in sentence
        assert "traffic sent to it would get 503" in sentence
        assert "green is DOWN" in at(running.tcp).observe().detail


def test_a_server_that_is_checked_and_up(binary: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as there:
        line = f"    server green 127.0.0.1:{there.getsockname()[1]} weight 0 check"
        found = look(binary, BALANCED, BLUE, line)
    well = "server app/green is up. Weight 0, 0 in the configuration."
    assert found["server app/green"].sentence == well


def test_a_server_in_slow_start_serves_and_is_named() -> None:
    table = WELL.replace(b"green 127.0.0.1 2", b"green 127.0.0.1 1").replace(b" 0 0 6", b" 25 0 6")
    with stub(lambda _: table) as slow:
        seen = at(slow.address).observe()
    assert seen.weight == Decimal(20)
    assert seen.detail == "blue 100/125, green 25/125; green is in slow start"


@pytest.mark.parametrize(("state", "told"), [("maint", "in maintenance"), ("drain", "draining")])
def test_a_server_taken_out_by_hand_is_named(running: RealHAProxy, state: str, told: str) -> None:
    running.ask(f"set server app/green state {state}")
    found = about(running)
    assert bad(found) == ["server app/green"]
    assert told in found["server app/green"].sentence
    assert f"green is {told}" in at(running.tcp).observe().detail
    running.ask("set server app/green state ready")
    assert bad(about(running)) == []


def test_a_server_disabled_in_the_file_is_well_once_it_is_ready(binary: str) -> None:
    with haproxy(binary, f"{BALANCED}\n{BLUE}\n{GREEN} disabled") as running:
        assert bad(about(running)) == ["server app/green"]
        running.ask("set server app/green state ready")
        assert bad(about(running)) == []


@pytest.mark.parametrize(
    ("what", "lines", "told"),
    [
        ("server app/green", (BALANCED, BLUE, f"{GREEN} backup"), "Take `backup` off"),
        (
            "server app/green",
            (BALANCED, BLUE, f"{GREEN} agent-check agent-port 9"),
            "disable agent app/green",
        ),
        (
            "server app/other",
            (BALANCED, BLUE, GREEN, "    server other 127.0.0.1:9"),
            "neither BLUE nor GREEN",
        ),
        ("balance of app", ("    balance static-rr", BLUE, GREEN), "Use `balance roundrobin`"),
        ("balance of app", ("    balance first", BLUE, GREEN), "ignores weights"),
        ("balance of app", ("    balance source", BLUE, GREEN), "hash-type consistent"),
        ("stickiness of app", (BALANCED, "    cookie WHO insert", BLUE, GREEN), "the cookie WHO"),
        (
            "stickiness of app",
            (BALANCED, "    stick-table type ip size 1k", "    stick on src", BLUE, GREEN),
            "a stick table",
        ),
        (
            "reload of app",
            (BALANCED, "    server blue 127.0.0.1:9", "    server green 127.0.0.1:9"),
            "would give GREEN 50 % at once",
        ),
        (
            "reload of app",
            (BALANCED, "    server blue 127.0.0.1:9 weight 0", GREEN),
            "would give no server anything",
        ),
    ],
)
def test_what_would_spoil_a_flip_or_a_rollback(
    binary: str, what: str, lines: tuple[str, ...], told: str
) -> None:
    found = look(binary, *lines)
    assert bad(found) == [what]
    assert told in found[what].sentence


@pytest.mark.parametrize(
    "lines",
    [
        ("    balance leastconn", BLUE, GREEN),
        ("    balance random", BLUE, GREEN),
        (BALANCED, "    stick-table type ip size 1k store gpc0", BLUE, GREEN),
        (BALANCED, BLUE, GREEN, "    server sorry 127.0.0.1:9 backup"),
        (BALANCED, BLUE, GREEN, "    server spare 127.0.0.1:9 disabled"),
    ],
)
def test_what_spoils_nothing(binary: str, lines: tuple[str, ...]) -> None:
    assert bad(look(binary, *lines)) == []


def test_a_hash_that_has_taken_a_weight_is_a_consistent_one(binary: str) -> None:
    lines = ("    balance source", "    hash-type consistent", BLUE, GREEN)
    with haproxy(binary, "\n".join(lines)) as running:
        running.set("green", 25)
        assert bad(about(running)) == []


@pytest.mark.parametrize("level", ["operator", "user"])
def test_a_socket_that_may_only_read(binary: str, level: str) -> None:
    found = look(binary, BALANCED, BLUE, GREEN, level=level)
    assert bad(found)[0] == "socket tcp://" + bad(found)[0].partition("tcp://")[2]
    assert any(f"at level {level}" in finding.sentence for finding in found.values())


def test_a_backend_that_is_not_there(running: RealHAProxy) -> None:
    *well, last = at(running.tcp, backend="shop").check()
    assert all(finding.ok for finding in well)
    assert not last.ok
    assert last.sentence.endswith("there is no such backend. Correct `backend` of the route.")


def wait_until_down(running: RealHAProxy) -> None:
    """Its first health check has failed: the table shows operational state 0."""
    while " green 127.0.0.1 0 " not in running.ask("show servers state app"):
        assert running.process.poll() is None

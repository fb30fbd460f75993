"""What only a real HAProxy can prove: what clients get, and who stays where."""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.errors import Permanent, Transient, UnknownOutcome
from tests.drivers.build import at
from tests.drivers.test_haproxy_check import wait_until_down
from tests.drivers.web import Client, service
from tests.real_haproxy import RealHAProxy, haproxy

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from migrations_app.drivers.base import Driver

NOTHING, HALF, ALL = Decimal(0), Decimal(50), Decimal(100)
STATIC = """\
    balance static-rr
    server blue 127.0.0.1:9 weight 100
    server green 127.0.0.1:9 weight 0
"""
STICKY = """\
    balance roundrobin
    cookie WHO insert
    server blue 127.0.0.1:{blue} weight 100 cookie b
    server green 127.0.0.1:{green} weight 0 cookie g
"""
DOWN = """\
    balance roundrobin
    server blue 127.0.0.1:9 weight 100
    server green 127.0.0.1:1 weight 0 check inter 20ms fall 1
"""
FOUR = """\
    balance roundrobin
    server b1 127.0.0.1:9 weight 100
    server b2 127.0.0.1:9 weight 100
    server b3 127.0.0.1:9 weight 100
    server g1 127.0.0.1:9 weight 0
"""


def test_a_static_algorithm_is_explained_and_blue_stays_up(binary: str) -> None:
    with haproxy(binary, STATIC) as running:
        with pytest.raises(Permanent, match="balance algorithm is static"):
            at(running.tcp).apply(ALL, None)
        assert running.weight("blue") == 100


@pytest.mark.parametrize("level", ["user", "operator"])
def test_a_read_only_socket_is_explained(binary: str, level: str) -> None:
    with haproxy(binary, level=level) as running:
        driver = at(running.unix)
        assert driver.observe().weight == 0
        with pytest.raises(Permanent, match="`level admin`"):
            driver.apply(HALF, None)


def test_no_backend_is_permanent_and_said(running: RealHAProxy) -> None:
    driver = at(running.tcp, backend="shop")
    for verb in (driver.observe, lambda: driver.apply(HALF, None)):
        with pytest.raises(Permanent, match="backend shop: there is no such backend"):
            verb()


def test_no_server_is_permanent_and_nothing_is_written(running: RealHAProxy) -> None:
    driver = at(running.tcp, green="gren")
    with pytest.raises(Permanent, match="no server called gren; it has: blue, green"):
        driver.apply(ALL, None)
    assert running.weight("blue") == 100


def test_no_flip_is_confirmed_while_every_request_gets_503(binary: str) -> None:
    """The weights are as asked for, but nobody serves: that is no share."""
    with haproxy(binary, DOWN) as running:
        wait_until_down(running)
        driver = at(running.tcp)
        driver.apply(ALL, None)
        assert asyncio.run(Client(port(running)).get()).status == 503
        with pytest.raises(Transient, match=r"green is DOWN.*clients get 503"):
            driver.observe()
        driver.apply(HALF, None)
        assert driver.observe().weight == HALF


def test_weights_that_are_all_nothing_can_be_read_so_that_they_are_repaired(
    running: RealHAProxy,
) -> None:
    running.set("blue", 0)
    driver = at(running.tcp)
    seen = driver.observe()
    assert "every server weighs 0" in seen.detail
    assert seen.weight != NOTHING
    assert driver.cannot(seen.weight), "nobody can have asked for it"
    driver.apply(NOTHING, None)
    assert driver.observe().weight == NOTHING


@pytest.mark.parametrize("weight", ["0", "10", "25", "50", "75", "100"])
def test_several_servers_share_a_side(binary: str, weight: str) -> None:
    with haproxy(binary, FOUR) as running:
        driver = at(running.tcp, blue=["b1", "b2", "b3"], green=["g1"])
        driver.apply(Decimal(weight), None)
        assert driver.observe().weight == Decimal(weight)
        assert len({running.weight(name) for name in ("b1", "b2", "b3")}) == 1


def test_a_cookie_keeps_clients_on_green_until_maintenance(binary: str) -> None:
    """Why stickiness is a finding, and that what it recommends helps."""
    seen = asyncio.run(with_services(binary, STICKY, sticky_client))
    assert seen == ["green", "green", "blue"]


async def sticky_client(running: RealHAProxy) -> list[str]:
    driver, client = at(running.tcp), Client(port(running))
    driver.apply(ALL, None)
    first = await client.get()
    client.cookie = first.cookie
    driver.apply(NOTHING, None)
    after_rollback = await client.get()
    running.ask("set server app/green state maint")
    return [first.body, after_rollback.body, (await client.get()).body]


def test_what_is_still_under_way_on_blue_is_told(binary: str) -> None:
    """A request that BLUE is busy with when GREEN gets everything; it is not cut off."""
    assert asyncio.run(lingering(binary)) == [None, 1, 0]


async def lingering(binary: str) -> list[int | None]:
    released, arrived = asyncio.Event(), asyncio.Event()

    async def slow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        arrived.set()
        await released.wait()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nblue")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(slow, "127.0.0.1", 0) as blue, service("green") as green:
        lines = STICKY.format(blue=blue.sockets[0].getsockname()[1], green=green)
        with haproxy(binary, lines) as running:
            driver = at(running.tcp)
            waiting = asyncio.create_task(Client(port(running)).get())
            await arrived.wait()
            driver.apply(HALF, None)
            seen = [driver.observe().in_flight]
            driver.apply(ALL, None)
            seen.append(driver.observe().in_flight)
            released.set()
            assert (await waiting).body == "blue"
            await asyncio.to_thread(until_empty, driver)
            return [*seen, driver.observe().in_flight]


def until_empty(driver: Driver) -> None:
    until = time.monotonic() + 30
    while driver.observe().in_flight and time.monotonic() < until:
        time.sleep(0.02)


async def with_services(
    binary: str, backend: str, test: Callable[[RealHAProxy], Awaitable[list[str]]]
) -> list[str]:
    async with service("blue") as blue, service("green") as green:
        with haproxy(binary, backend.format(blue=blue, green=green)) as running:
            return await test(running)


def test_writers_at_odds_never_leave_the_lights_out(running: RealHAProxy) -> None:
    """Two processes' drivers, one rolling back, one going forward, all the time."""

    def write(weight: Decimal) -> None:
        driver = at(running.tcp)
        for _ in range(60):
            with suppress(UnknownOutcome):
                driver.apply(weight, None)

    for _ in range(5):
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(write, [ALL, NOTHING, ALL, NOTHING]))
        assert running.weight("blue") + running.weight("green") > 0


def port(running: RealHAProxy) -> int:
    return int(running.front.rpartition(":")[2])

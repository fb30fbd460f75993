"""nginx under load, there and back: with njs not one request may fail, however clients connect.

A reload can break a request on a kept connection, which the page about nginx says: so the include
is tried with clients that open a connection for each request.
"""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TYPE_CHECKING

import httpx
import pytest

from migrations_app.drivers.nginx import include
from tests.drivers.made import all_closed
from tests.drivers.nginx_build import JS_HTTP, JS_STATUS, STATUS, at, keys
from tests.drivers.web import CLOSE, KEEP, Client, Crowd, service
from tests.real_nginx import PATIENCE, RealNginx, installed, nginx, with_njs
from tests.wire.desk import desk

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from migrations_app.drivers.nginx.driver import NginxDriver
    from tests.wire.desk import Hand

__all__ = ["all_closed"]
WAY = (1, 10, 50, 100, 0, 100, 0, 50, 0)
RELOADS = (10, 50, 100, 0)  # fewer: each is a second on a busy machine
EACH = 300  # requests at every weight
JS_FRONT = """\
        location / {
            set $warroom_route app;
            set $warroom_key $http_x_user;
            proxy_pass http://$pool;
        }
"""
POOL = "    map $warroom_side $pool {{ green green; default blue; }}\n"
PASS = {
    "split_clients": "        location / { proxy_pass http://$warroom_app; }",
    "upstream": "        location / { proxy_pass http://app; }",
}


@asynccontextmanager
async def two_services() -> AsyncIterator[str]:
    """As nginx's upstreams `blue` and `green`, in braces that survive `format`."""
    async with service("blue") as blue, service("green") as green:
        ports = {"blue": blue, "green": green}
        yield "".join(
            f"    upstream {name} {{{{ server 127.0.0.1:{port}; }}}}\n"
            for name, port in ports.items()
        )


async def flips(
    running: RealNginx, driver: NginxDriver, kinds: tuple[str, ...], way: tuple[int, ...]
) -> tuple[list[str], list[float]]:
    """What failed, and GREEN's share of the answers at every weight in percent."""
    crowd = Crowd([Client(running.front, kind) for kind in kinds for _ in range(6)])
    asking = asyncio.create_task(crowd.run())
    shares = []
    for weight in way:
        await asyncio.to_thread(driver.apply, Decimal(weight), None)
        await crowd.some(len(crowd.clients))  # what was on its way when the weight changed
        replies = await crowd.some(EACH)
        shares.append(100 * sum(reply.body == "green" for reply in replies) / EACH)
    crowd.stop()
    await asking
    return crowd.failures, shares


@pytest.mark.parametrize("binary", with_njs())
def test_njs_loses_nothing(binary: str) -> None:
    async def there_and_back() -> tuple[list[str], list[float]]:
        async with two_services() as upstreams:
            http = JS_HTTP + upstreams + POOL
            with nginx(
                binary, "", http=http, front_server=JS_FRONT, status_server=JS_STATUS
            ) as running:
                return await flips(running, at(running, "njs"), (KEEP, CLOSE), WAY)

    _judge(asyncio.run(there_and_back()), WAY)


@pytest.mark.parametrize("binary", installed())
@pytest.mark.parametrize("way", ["split_clients", "upstream"])
def test_a_reload_loses_nobody_who_connects_anew(binary: str, way: str) -> None:
    async def there_and_back() -> tuple[list[str], list[float]]:
        async with service("blue") as blue, service("green") as green:
            sides = {"blue": f"127.0.0.1:{blue}", "green": f"127.0.0.1:{green}"}
            begin = include.text(keys(None, way, **sides), Decimal(0))
            with nginx(
                binary, begin, http="    include {include};", front_server=PASS[way],
                status_server=STATUS,
            ) as running:  # fmt: skip
                return await flips(running, at(running, way, **sides), (CLOSE,), RELOADS)

    _judge(asyncio.run(there_and_back()), RELOADS)


@pytest.mark.parametrize("binary", installed())
def test_what_is_under_way_is_finished_and_shown_until_then(binary: str) -> None:
    """A request that GREEN is still at when everything goes back to BLUE."""
    released = threading.Event()

    def slow(hand: Hand) -> None:
        released.wait(PATIENCE)
        hand.say(200, b"green")

    with desk(slow) as green, ThreadPoolExecutor(1) as client:
        sides = {"blue": "127.0.0.1:9", "green": green.url.removeprefix("http://")}
        begin = include.text(keys(None, "split_clients", **sides), Decimal(100))
        with nginx(
            binary, begin, http="    include {include};", front_server=PASS["split_clients"],
            status_server=STATUS,
        ) as running:  # fmt: skip
            driver = at(running, "split_clients", **sides)
            asked = client.submit(httpx.get, f"http://127.0.0.1:{running.front}/", timeout=PATIENCE)
            _until(lambda: bool(green.heard))
            driver.apply(Decimal(0), None)
            assert "1 old worker still serving" in driver.observe().detail
            released.set()
            assert asked.result().text == "green"
            _until(lambda: "old worker" not in driver.observe().detail)


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)


def _judge(seen: tuple[list[str], list[float]], way: tuple[int, ...]) -> None:
    failures, shares = seen
    assert failures == []
    for weight, share in zip(way, shares, strict=True):
        # At the ends only what was decided before the flip, at most one for each of 12 clients.
        # In between it is drawn by lot: five deviations of 300 draws.
        allowed = 4 if weight in {0, 100} else 15
        assert abs(share - weight) <= allowed, f"at {weight} % GREEN answered {share:.0f} %"

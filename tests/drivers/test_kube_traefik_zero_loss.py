"""A real Traefik that watches our fake API server: there and back under load, nothing lost.

The TraefikService is changed by the driver alone; Traefik hears of it as from a cluster.
"""

from __future__ import annotations

import asyncio
import urllib.request
from contextlib import ExitStack
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.drivers.kube_bench import told
from tests.drivers.kube_meshes import TRAEFIK, TRAEFIK_MIRROR
from tests.drivers.until import until as heard
from tests.drivers.web import CLOSE, KEEP, Client, Crowd, service
from tests.real_traefik import MISSING, PROGRAM
from tests.real_traefik_kube import furnish, until, watching
from tests.wire.desk import Desk, Hand, desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.fakes.kube_api import KubeApi

    Obj = dict[str, Any]

WAY = (10, 50, 100, 0, 100, 0)
EACH = 200  # requests at every weight
FEW = 12  # requests at every percentage that is copied

pytestmark = [
    pytest.mark.real("traefik"),
    pytest.mark.skipif(PROGRAM is None, reason=MISSING),
]


def weighing(weight: int) -> Callable[[Obj], bool]:
    def fits(found: Obj) -> bool:
        services = found.get("weighted", {}).get("services", [])
        return [one.get("weight", 1) for one in services] == [100 - weight, weight]

    return fits


def copying(percent: int) -> Callable[[Obj], bool]:
    def fits(found: Obj) -> bool:
        mirrors = found.get("mirroring", {}).get("mirrors", [])
        return [one.get("percent", 0) for one in mirrors] == [percent]

    return fits


def test_no_request_is_lost(tmp_path: Path) -> None:
    with TRAEFIK.api() as api:
        failures, shares = asyncio.run(there_and_back(api, tmp_path))
    assert failures == []
    for weight, share in zip(WAY, shares, strict=True):
        assert abs(share - weight) <= 5, f"at {weight} % GREEN answered {share:.0f} %"


async def there_and_back(api: KubeApi, home: Path) -> tuple[list[str], list[float]]:
    async with service("blue") as blue, service("green") as green:
        furnish(api, {"shop-blue": blue, "shop-green": green})
        with watching(api, home) as (port, url):
            await asyncio.to_thread(until, url, weighing(0))
            return await flips(api, port, url)


async def flips(api: KubeApi, port: int, url: str) -> tuple[list[str], list[float]]:
    """What failed, and GREEN's share of the answers at every weight in percent."""
    crowd = Crowd([Client(port, kind) for kind in (KEEP, CLOSE) for _ in range(4)])
    driver = TRAEFIK.build(**told(url=api.url))
    asking = asyncio.create_task(crowd.run())
    shares = []
    for weight in WAY:
        await asyncio.to_thread(driver.apply, Decimal(weight), None)
        await asyncio.to_thread(until, url, weighing(weight))
        await crowd.some(len(crowd.clients) * 2)  # what was on its way when the weight changed
        replies = await crowd.some(EACH)
        shares.append(100 * sum(reply.body == "green" for reply in replies) / EACH)
    crowd.stop()
    await asking
    return crowd.failures, shares


def test_copies_go_to_green_and_answers_come_from_blue(tmp_path: Path) -> None:
    with ExitStack() as stack:
        api = stack.enter_context(TRAEFIK_MIRROR.api())
        blue, green = (stack.enter_context(named(name)) for name in (b"blue", b"green"))
        furnish(api, {"shop-blue": _port(blue), "shop-green": _port(green)})
        port, url = stack.enter_context(watching(api, tmp_path))
        driver = TRAEFIK_MIRROR.build(**told(url=api.url))
        for percent, copies in ((0, 0), (100, FEW), (0, 0)):
            driver.apply(Decimal(percent), None)
            until(url, copying(percent))
            before = len(green.heard)
            assert {ask(port) for _ in range(FEW)} == {b"blue"}
            heard(lambda: len(green.heard) - before == copies, f"{copies} copies")  # noqa: B023


def named(name: bytes) -> AbstractContextManager[Desk]:
    return desk(partial(Hand.say, status=200, body=name))


def ask(port: int) -> bytes:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as answer:
        return bytes(answer.read())


def _port(one: Desk) -> int:
    return int(one.url.rpartition(":")[2])

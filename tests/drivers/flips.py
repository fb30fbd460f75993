"""The whole way there and back under load, through any driver of a real load balancer."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import TYPE_CHECKING

from tests.drivers.web import CLOSE, KEEP, Client, Crowd, service

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from migrations_app.drivers.base import Driver

    # Ports of BLUE and GREEN in; the driver, and the port that clients ask, out.
    Plane = Callable[[int, int], AbstractContextManager[tuple[Driver, int]]]

WAY = (1, 10, 50, 100, 0, 100, 0, 50, 0)
EACH = 300  # requests at every weight
CHANCE = 8  # percent by which a share of so many may be off where a lot decides


def no_request_is_lost(plane: Plane) -> None:
    """Both kinds of client get an answer every time, and from whom the weight says."""
    failures, shares = asyncio.run(_there_and_back(plane))
    assert failures == []
    for weight, share in zip(WAY, shares, strict=True):
        margin = CHANCE if 0 < weight < 100 else 0
        assert abs(share - weight) <= margin, f"at {weight} % GREEN answered {share:.0f} %"


async def _there_and_back(plane: Plane) -> tuple[list[str], list[float]]:
    async with service("blue") as blue, service("green") as green:
        with plane(blue, green) as (driver, port):
            return await _flips(driver, port)


async def _flips(driver: Driver, port: int) -> tuple[list[str], list[float]]:
    """What failed, and GREEN's share of the answers at every weight in percent."""
    crowd = Crowd([Client(port, kind) for kind in (KEEP, CLOSE) for _ in range(6)])
    asking = asyncio.create_task(crowd.run())
    shares = []
    for weight in WAY:
        await asyncio.to_thread(driver.apply, Decimal(weight), None)
        await crowd.some(2 * len(crowd.clients))  # what was on its way when the weight changed
        replies = await crowd.some(EACH)
        shares.append(100 * sum(reply.body == "green" for reply in replies) / EACH)
    crowd.stop()
    await asking
    return crowd.failures, shares

"""The whole way there and back under load, through any driver of a real load balancer."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from tests.drivers.web import CLOSE, KEEP, Client, Crowd, service

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from migrations_app.drivers.base import Driver

    # Ports of BLUE and GREEN in; the driver, and the port that clients ask, out.
    Plane = Callable[[int, int], AbstractContextManager[tuple[Driver, int]]]

WAY = (1, 10, 50, 100, 0, 100, 0, 50, 0)
EACH = 300  # requests in a window
WINDOWS = 6  # until the share is to be right
CHANCE = 8  # percent by which a share of so many may be off where a lot decides


def no_request_is_lost(plane: Plane) -> None:
    """Both kinds of client get an answer every time, and from whom the weight says."""
    failures, shares = asyncio.run(_there_and_back(plane))
    assert failures == []
    for weight, share in zip(WAY, shares, strict=True):
        assert _fits(weight, share), f"at {weight} % GREEN answered {share:.0f} %"


def _fits(weight: int, share: float) -> bool:
    return abs(share - weight) <= (CHANCE if 0 < weight < 100 else 0)


async def _there_and_back(plane: Plane) -> tuple[list[str], list[float]]:
    async with service("blue") as blue, service("green") as green:
        with ExitStack() as stack:
            # In a thread, because what is started may ask the services before it says it is there.
            start = partial(_entered, stack, plane(blue, green))
            driver, port = await asyncio.to_thread(start)
            return await _flips(driver, port)


def _entered(
    stack: ExitStack, plane: AbstractContextManager[tuple[Driver, int]]
) -> tuple[Driver, int]:
    return stack.enter_context(plane)


async def _flips(driver: Driver, port: int) -> tuple[list[str], list[float]]:
    """What failed, and GREEN's share of the answers at every weight in percent."""
    crowd = Crowd([Client(port, kind) for kind in (KEEP, CLOSE) for _ in range(6)])
    asking = asyncio.create_task(crowd.run())
    shares = []
    for weight in WAY:
        await asyncio.to_thread(driver.apply, Decimal(weight), None)
        shares.append(await _settled(crowd, weight))
    crowd.stop()
    await asking
    return crowd.failures, shares


async def _settled(crowd: Crowd, weight: int) -> float:
    """GREEN's share in percent, as soon as it is what it should be: answers to what was asked
    before the weight changed come first, and a lot has its freaks."""
    share = 0.0
    for _ in range(WINDOWS):
        replies = await crowd.some(EACH)
        share = 100 * sum(reply.body == "green" for reply in replies) / EACH
        if _fits(weight, share):
            break
    return share

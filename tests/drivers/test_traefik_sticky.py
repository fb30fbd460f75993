"""A cookie of Traefik's keeps a client on GREEN while both sides have a weight, and no longer."""

from __future__ import annotations

import asyncio
from contextlib import ExitStack, closing
from decimal import Decimal

import pytest

from tests.drivers.test_traefik import through
from tests.drivers.test_traefik_faults import STICKY
from tests.drivers.web import Client, service
from tests.real_traefik import WEIGHTED, traefik

pytestmark = pytest.mark.real("traefik")


def test_a_side_of_weight_0_is_left_cookie_or_not() -> None:
    half, nothing = asyncio.run(answers())
    assert half == {"green"}
    assert nothing == {"blue"}


async def answers() -> tuple[set[str], set[str]]:
    """Who answered a client with GREEN's cookie, at 50 % and at 0 %."""
    async with service("blue") as blue, service("green") as green:
        with ExitStack() as stack:
            file = WEIGHTED.replace("      weighted:\n", STICKY)
            plane = traefik(file, blue=blue, green=green)
            running = await asyncio.to_thread(lambda: stack.enter_context(plane))
            driver = stack.enter_context(closing(through(running)))
            await asyncio.to_thread(driver.apply, Decimal(50), None)
            client = Client(running.port, cookie=await cookie_of("green", running.port))
            half = {(await client.get()).body for _ in range(20)}
            await asyncio.to_thread(driver.apply, Decimal(0), None)
            return half, {(await client.get()).body for _ in range(20)}


async def cookie_of(side: str, port: int) -> str:
    for _ in range(200):
        reply = await Client(port).get()
        if reply.body == side:
            return reply.cookie
    raise AssertionError(f"{side} never answered")

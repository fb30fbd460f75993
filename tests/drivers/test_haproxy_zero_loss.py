"""The whole way there and back under load: not one request may fail."""

from __future__ import annotations

import asyncio
import time
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from migrations_app.drivers.haproxy import node as haproxy_node
from migrations_app.drivers.haproxy import wire as haproxy_wire
from tests.drivers.build import at
from tests.drivers.web import CLOSE, KEEP, Client, Crowd, service
from tests.real_haproxy import RealHAProxy, haproxy

if TYPE_CHECKING:
    from migrations_app.drivers.haproxy.wire import Address
    from migrations_app.wire.deadline import Deadline

WAY = (1, 10, 50, 100, 0, 100, 0, 50, 0)
EACH = 300  # requests at every weight
BACKEND = """\
    balance roundrobin
    server blue 127.0.0.1:{blue} weight 100
    server green 127.0.0.1:{green} weight 0
"""


@pytest.fixture(autouse=True)
def _slow_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time between one write and the next, so that a wrong order can't pass unseen."""

    def ask(address: Address, line: str, deadline: Deadline) -> str:
        answer = haproxy_wire.ask(address, line, deadline)
        time.sleep(0.02)
        return answer

    monkeypatch.setattr(haproxy_node, "ask", ask)


def test_no_request_is_lost(binary: str) -> None:
    failures, shares = asyncio.run(there_and_back(binary))
    assert failures == []
    for weight, share in zip(WAY, shares, strict=True):
        assert abs(share - weight) <= 5, f"at {weight} % GREEN answered {share:.0f} %"


async def there_and_back(binary: str) -> tuple[list[str], list[float]]:
    async with service("blue") as blue, service("green") as green:
        with haproxy(binary, BACKEND.format(blue=blue, green=green)) as running:
            return await flips(running)


async def flips(running: RealHAProxy) -> tuple[list[str], list[float]]:
    """What failed, and GREEN's share of the answers at every weight in percent."""
    port = int(running.front.rpartition(":")[2])
    crowd = Crowd([Client(port, kind) for kind in (KEEP, CLOSE) for _ in range(6)])
    driver = at(running.tcp)
    asking = asyncio.create_task(crowd.run())
    shares = []
    for weight in WAY:
        await asyncio.to_thread(driver.apply, Decimal(weight), None)
        await crowd.some(len(crowd.clients))  # what was on its way when the weight changed
        replies = await crowd.some(EACH)
        shares.append(100 * sum(reply.body == "green" for reply in replies) / EACH)
    crowd.stop()
    await asking
    return crowd.failures, shares

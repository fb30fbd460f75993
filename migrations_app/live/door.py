"""The door for those who were here before: when all come back at once, one question lets all in."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from migrations_app.live.eyes import Ticket

log = logging.getLogger(__name__)

GATHER_S = 0.02


@dataclass(eq=False)
class Door:
    """`allowed` says which tickets still hold; it is asked once for everybody who waits."""

    allowed: Callable[[Collection[Ticket]], Awaitable[Collection[Ticket]]]
    _waiting: list[tuple[Ticket, asyncio.Future[bool]]] = field(default_factory=list)
    _keeper: asyncio.Task[None] | None = None

    async def admits(self, ticket: Ticket) -> bool:
        """Whether the ticket still holds. False, too, when that can't be found out now."""
        verdict: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((ticket, verdict))
        if self._keeper is None or self._keeper.done():
            self._keeper = asyncio.create_task(self._keep())
        return await verdict

    async def _keep(self) -> None:
        while self._waiting:
            await asyncio.sleep(GATHER_S)
            crowd, self._waiting = self._waiting, []
            good = await self._ask({ticket for ticket, _ in crowd})
            for ticket, verdict in crowd:
                if not verdict.done():
                    verdict.set_result(ticket in good)

    async def _ask(self, tickets: Collection[Ticket]) -> Collection[Ticket]:
        try:
            return set(await self.allowed(tickets))
        except Exception as error:  # noqa: BLE001 (the ordinary request will tell them why)
            log.warning("nobody can be let in again now: %s", error)
            return ()

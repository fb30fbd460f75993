"""A hub without a server or a database: eyes that show what they are told, a browser in memory."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.live.eyes import TICKET, Eyes, Pulses, Ticket
from migrations_app.live.hub import Hub
from migrations_app.live.scene import Scene
from migrations_app.live.stream import HoldStreams

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping

    from migrations_app.live.viewer import Message

NOW = datetime(2026, 11, 7, 0, 14, 7, tzinfo=UTC)
ALL = frozenset({"scene", "pulses", "allowed", "seen"})
NOWHERE = "redis://127.0.0.1:1/0"
PATIENCE_S = 20.0


@dataclass
class World:
    """What the database would say. `asked` counts the questions; `broken` ones get no answer."""

    regions: dict[str, str] = field(default_factory=lambda: {"banner": "gate", "gate": "waiting"})
    seq: int = 1
    allowed: Callable[[Ticket], bool] = lambda _: True
    broken: frozenset[str] = frozenset()
    asked: Counter[str] = field(default_factory=Counter)
    present: list[set[tuple[int, int]]] = field(default_factory=list)

    def change(self, **regions: str) -> None:
        """An event that changes what is seen."""
        self.regions |= regions
        self.seq += 1

    @property
    def eyes(self) -> Eyes:
        return Eyes(self._scene, self._pulses, self._allowed, self._remembers, self._seen)

    def _ask(self, question: str) -> None:
        self.asked[question] += 1
        if question in self.broken:
            raise ConnectionError("the database is away")

    def _scene(self, run_id: int) -> Scene:
        self._ask("scene")
        return Scene(NOW, self.seq, {**self.regions, "run": str(run_id)})

    def _pulses(self, run_ids: Collection[int]) -> Pulses:
        self._ask("pulses")
        return Pulses(NOW, dict.fromkeys(run_ids, str(self.seq)))

    def _remembers(self, scope: Mapping[str, Any]) -> Ticket | None:
        if not scope.get("again"):
            return None
        user = scope.get("user", 1)
        return Ticket(scope.get("run", 7), user, f"session-{user}", "proof")

    def _seen(self, here: Collection[tuple[int, int]]) -> None:
        self._ask("seen")
        self.present.append(set(here))

    def _allowed(self, tickets: Collection[Ticket]) -> list[Ticket]:
        self._ask("allowed")
        return [ticket for ticket in tickets if self.allowed(ticket)]


@dataclass
class Browser:
    """One connection: what it received, and ways to stall and to leave.

    A stalled browser behaves as a server's full socket buffer does: `send` waits before it writes.
    """

    app: HoldStreams
    user: int = 1
    run: int = 7
    seen: str = ""
    header: bool = False
    again: bool = False
    started: Message | None = None
    frames: list[bytes] = field(default_factory=list)
    ended: bool = False
    _flows: asyncio.Event = field(default_factory=asyncio.Event)
    _left: asyncio.Event = field(default_factory=asyncio.Event)
    _heard: asyncio.Condition = field(default_factory=asyncio.Condition)
    _task: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self._flows.set()

    def come(self) -> Browser:
        headers = [(b"last-event-id", self.seen.encode())] if self.header else []
        query = b"" if self.header else f"seen={self.seen}".encode()
        scope: dict[str, Any] = {
            "type": "http", "path": f"/runs/{self.run}/stream", "headers": headers,
            "query_string": query, "user": self.user, "run": self.run,
            "again": self.again,
        }  # fmt: skip
        self._task = asyncio.create_task(self.app(scope, self._receive, self._send))
        return self

    async def _receive(self) -> Message:
        await self._left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started = message
            return
        if not self._flows.is_set():
            await self._flows.wait()
        self.frames.append(message["body"])
        self.ended = self.ended or not message["more_body"]
        asyncio.get_running_loop().call_soon(asyncio.ensure_future, self._tell())

    async def _tell(self) -> None:
        async with self._heard:
            self._heard.notify_all()

    @property
    def text(self) -> str:
        return b"".join(self.frames).decode()

    async def until(self, words: str) -> str:
        """Wait until `words` were received."""
        async with asyncio.timeout(PATIENCE_S), self._heard:
            await self._heard.wait_for(lambda: words in self.text)
        return self.text

    def stall(self) -> None:
        self._flows.clear()

    def read_on(self) -> None:
        self._flows.set()

    async def leave(self) -> None:
        self._left.set()
        await self.gone()

    async def drop(self) -> None:
        """The server gives the connection up by itself."""
        assert self._task is not None
        self._task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self._task

    async def gone(self) -> None:
        """Wait until the application let go of the connection."""
        assert self._task is not None
        async with asyncio.timeout(PATIENCE_S):
            await self._task


REQUESTS: Counter[int] = Counter()
"""Ordinary requests that were made, by user."""


async def authorises(scope: Any, receive: Any, send: Any) -> None:
    """The application inside: it lets everybody in, and finishes its request at once."""
    user = scope.get("user", 1)
    REQUESTS[user] += 1
    scope[TICKET] = Ticket(scope.get("run", 7), user, f"session-{user}", "proof")
    headers = [(b"content-type", b"text/html"), (b"X-Hold-Stream", b"run:7"),
               (b"x-frame-options", b"DENY"), (b"content-length", b"0")]  # fmt: skip
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def until(fact: Callable[[], object]) -> None:
    """Wait for something that nobody sets an event for."""
    async with asyncio.timeout(PATIENCE_S):
        while not fact():  # noqa: ASYNC110 (as the docstring says)
            await asyncio.sleep(0.01)


def house(world: World) -> tuple[HoldStreams, Hub]:
    hub = Hub(world.eyes, NOWHERE)
    return HoldStreams(authorises, hub), hub


def played(
    story: Callable[[], Awaitable[None]],
    loop: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> None:
    """Run a coroutine of a test."""
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(_story(story))


async def _story(story: Callable[[], Awaitable[None]]) -> None:
    async with asyncio.timeout(3 * PATIENCE_S):
        await story()

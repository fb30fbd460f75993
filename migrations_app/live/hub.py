"""The hub: every viewer of this process, one subscription, one poll, one beat for all of them."""

from __future__ import annotations

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from migrations_app.live import frames, meters
from migrations_app.live.attendance import Attendance
from migrations_app.live.clock import Clock
from migrations_app.live.door import Door
from migrations_app.live.ears import listen
from migrations_app.live.topic import Topic
from migrations_app.live.viewer import Viewer, chunk

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping

    from migrations_app.live.eyes import Eyes, Ticket
    from migrations_app.live.scene import Scene
    from migrations_app.live.viewer import Send

log = logging.getLogger(__name__)

P = ParamSpec("P")
T = TypeVar("T")

POLL_S = 1.0
BEAT_S = 5.0
ACCESS_S = 10.0
ATTEND_S = 1.0
BEHIND_S = 30.0


class Hub:
    """Lives in one event loop. `stop` ends every stream, and there is no starting after it."""

    def __init__(self, eyes: Eyes, redis_url: str) -> None:
        self._eyes = eyes
        self._redis_url = redis_url
        self._clock = Clock()
        self._topics: dict[int, tuple[Topic, asyncio.Task[None]]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._pool: ThreadPoolExecutor | None = None
        self._door = Door(self._allowed)
        self._attendance = Attendance()
        self.stopping = False

    @property
    def viewers(self) -> list[Viewer]:
        return [viewer for topic, _ in self._topics.values() for viewer in topic.viewers]

    def start(self) -> None:
        """Begin to listen, to look and to beat. Twice is once."""
        if self._tasks or self.stopping:
            return
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="live")
        loops = [listen(self._redis_url, self.heard), *self._rounds()]
        self._tasks = [asyncio.create_task(one) for one in loops]

    def _rounds(self) -> list[Coroutine[None, None, None]]:
        return [
            _every(POLL_S, self.look),
            _every(BEAT_S, self.beat),
            _every(ACCESS_S, self.recheck),
            _every(ATTEND_S, self.attend),
        ]

    def stop(self) -> None:
        """End every stream at once; browsers come back to whoever serves them then."""
        self.stopping = True
        for viewer in self.viewers:
            viewer.close()
        for task in self._tasks:
            task.cancel()
        self._tasks = []
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None

    async def readmits(self, scope: Mapping[str, Any]) -> Ticket | None:
        """The ticket of somebody who was here before, if it still holds."""
        ticket = self._eyes.remembers(scope)
        if ticket is None or self.stopping:
            return None
        self.start()
        return ticket if await self._door.admits(ticket) else None

    def join(self, ticket: Ticket, send: Send, seen: str) -> Viewer:
        """A viewer who has the scene `seen` (its id, or empty)."""
        topic = self._topic(ticket.run_id)
        viewer = Viewer(ticket, send, seen, topic.resync)
        topic.join(viewer, frames.hello())
        meters.VIEWERS.inc()
        self._attendance.came((ticket.run_id, ticket.user_id))
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """The viewer is gone; the last one takes the topic along."""
        topic, keeper = self._topics[viewer.ticket.run_id]
        viewer.gone = True
        topic.leave(viewer)
        meters.VIEWERS.dec()
        if not topic.viewers:
            keeper.cancel()
            del self._topics[topic.run_id]

    def _topic(self, run_id: int) -> Topic:
        if run_id not in self._topics:
            topic = Topic(run_id, self._draw, self._clock.beat)
            self._topics[run_id] = (topic, asyncio.create_task(topic.keep()))
        return self._topics[run_id][0]

    def heard(self, run_id: int, what: str) -> None:
        """The bell rang for a run."""
        if run_id in self._topics:
            self._topics[run_id][0].wake(now=what == "event")

    async def look(self) -> None:
        """The fallback: whatever the bell did not say, the database does."""
        if not self._topics:
            return
        pulses = await self._ask(self._eyes.pulses, list(self._topics))
        self._clock.set(pulses.now)
        for run_id, pulse in pulses.runs.items():
            if run_id not in self._topics:
                continue
            topic = self._topics[run_id][0]
            if topic.pulse == pulse:
                topic.known_at = time.monotonic()
                continue
            topic.pulse = pulse
            topic.wake(now=False)

    async def beat(self) -> None:
        """Tell everyone that we are here; draw what time alone may have changed; drop who can't
        keep up."""
        message = chunk(self._clock.beat())
        for topic, _ in list(self._topics.values()):
            topic.wake(now=False)
        self._measure(time.monotonic())
        for viewer in self.viewers:
            if viewer.behind_since and time.monotonic() - viewer.behind_since > BEHIND_S:
                viewer.close(cut=True)
            else:
                viewer.push(message)

    def _measure(self, now: float) -> None:
        """How far behind the slowest viewer is, and the oldest room."""
        behind = [one.behind_since for one in self.viewers if one.behind_since]
        known = [topic.known_at for topic, _ in self._topics.values() if topic.known_at]
        meters.LAG.set(now - min(behind, default=now))
        meters.SCENE_AGE.set(now - min(known, default=now))

    async def recheck(self) -> None:
        """One question for all viewers: who may still look?"""
        viewers = self.viewers
        if not viewers:
            return
        tickets = {viewer.ticket for viewer in viewers}
        allowed = set(await self._allowed(tickets))
        for viewer in viewers:
            if viewer.ticket not in allowed:
                viewer.close(frames.CLOSED)

    async def attend(self) -> None:
        """Tell who is here: once a round of all of them, and at once of who came."""
        due = self._attendance.due(self._here, time.monotonic())
        if not due:
            return
        try:
            await self._ask(self._eyes.seen, due)
        except BaseException:
            self._attendance.lost()
            raise

    def _here(self) -> set[tuple[int, int]]:
        return {(viewer.ticket.run_id, viewer.ticket.user_id) for viewer in self.viewers}

    async def _allowed(self, tickets: Collection[Ticket]) -> Collection[Ticket]:
        return await self._ask(self._eyes.allowed, tickets)

    async def _draw(self, run_id: int) -> Scene:
        scene = await self._ask(self._eyes.scene, run_id)
        self._clock.set(scene.at)
        return scene

    async def _ask(self, question: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, question, *args, **kwargs)


async def _every(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    """Again and again. A database that is away ends nothing."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Exception as error:  # noqa: BLE001 (one bad round must not be the last)
            log.warning("live: %s failed, trying again: %s", work.__name__, error)

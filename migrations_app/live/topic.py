"""One run with its viewers: the scene they have, and when to draw the next one."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrations_app.live.viewer import Viewer, chunk

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from migrations_app.live.scene import Scene

log = logging.getLogger(__name__)

BATCH_S = 0.1
"""Measurements that arrive within this time are drawn together. Events are drawn at once."""

_AGAIN_S = 1.0
_FRESH_S = 2.5


@dataclass(eq=False)
class Topic:
    """`draw` renders the scene anew; `beat` is the frame with the server's clock."""

    run_id: int
    draw: Callable[[int], Awaitable[Scene]]
    beat: Callable[[], bytes]
    viewers: set[Viewer] = field(default_factory=set)
    scene: Scene | None = None
    pulse: str = ""
    known_at: float = 0.0  # when the scene was last known to be current, monotonic
    _newcomers: set[Viewer] = field(default_factory=set)
    _dirty: asyncio.Event = field(default_factory=asyncio.Event)
    _urgent: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self, *, now: bool) -> None:
        """The scene may have changed; `now`: do not wait for others to batch with."""
        self._dirty.set()
        if now:
            self._urgent.set()

    def join(self, viewer: Viewer, hello: bytes) -> None:
        """From here on the viewer misses nothing; what they have not seen comes first."""
        self.viewers.add(viewer)
        scene = self.scene
        if scene is None or not self._current() or scene.is_older_than(viewer.seen):
            viewer.push(chunk(hello))
            self._newcomers.add(viewer)
            self.wake(now=True)
        else:
            viewer.push(chunk(hello + self._welcome(viewer, scene)))

    def _current(self) -> bool:
        return not self._dirty.is_set() and time.monotonic() - self.known_at < _FRESH_S

    def _welcome(self, viewer: Viewer, scene: Scene) -> bytes:
        return (b"" if viewer.seen == scene.id else scene.full) + self.beat()

    def leave(self, viewer: Viewer) -> None:
        self.viewers.discard(viewer)
        self._newcomers.discard(viewer)

    def resync(self, viewer: Viewer) -> None:
        """A viewer who fell behind gets everything, once."""
        if self.scene is not None and viewer not in self._newcomers:
            viewer.push(chunk(self.scene.full))

    async def keep(self) -> None:
        """Draw whenever somebody woke us, one drawing at a time, until cancelled."""
        while True:
            await self._dirty.wait()
            await self._batch()
            try:
                self.show(await self.draw(self.run_id))
            except Exception as error:  # noqa: BLE001 (the database is away; viewers see STALE)
                log.warning("run %s can't be drawn, trying again: %s", self.run_id, error)
                self.wake(now=False)
                await asyncio.sleep(_AGAIN_S)

    async def _batch(self) -> None:
        try:
            async with asyncio.timeout(BATCH_S):
                await self._urgent.wait()
        except TimeoutError:
            pass
        self._dirty.clear()
        self._urgent.clear()

    def show(self, scene: Scene) -> None:
        """Bring everyone from the scene they have to this one: the same bytes for all."""
        before, self.scene, self.known_at = self.scene, scene, time.monotonic()
        newcomers, self._newcomers = self._newcomers, set()
        for viewer in newcomers:
            viewer.push(chunk(self._welcome(viewer, scene)))
        frame = scene.since(before)
        if frame:
            message = chunk(frame)
            for viewer in self.viewers - newcomers:
                viewer.push(message)

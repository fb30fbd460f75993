"""The threads and connections towards one place in one process, and a question in their hands.

Threads, because they carried several times as many reads per second as an event loop did with the
same library; each place's own, so that a slow one (or its name server) can't delay another.
"""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx

from migrations_app.wire.answer import Answer, Silence, TooLarge, Unreadable, Why, late, silence

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrations_app.wire.lane import Lane

CLOSED = Silence(Why.CLOSED, "this connection was closed by Warroom", sent=False)


class Crew:
    """Up to `size` threads, each with one lane while it works. Lanes are kept alive between."""

    def __init__(self, size: int, new_lane: Callable[[], Lane], name: str = "wire") -> None:
        self.pid = os.getpid()
        self._size = size
        self._threads = ThreadPoolExecutor(size, thread_name_prefix=name)
        self._new_lane = new_lane
        self._lock = threading.Lock()
        self._idle: list[Lane] = []
        self.dismissed = False

    def submit(self, call: Call) -> Future[Answer | Silence] | None:
        """None after `dismiss`."""
        try:
            return self._threads.submit(call.run)
        except RuntimeError:
            return None

    def take(self, *, fresh: bool) -> Lane:
        """The lane used last, because its connection is the most likely to be alive. `fresh`: a
        new one, for what may not be sent twice."""
        with self._lock:
            return self._idle.pop() if self._idle and not fresh else self._new_lane()

    def give_back(self, lane: Lane, *, sound: bool) -> None:
        with self._lock:
            # Every write brings a lane of its own: more than there are hands would only pile up.
            if sound and not self.dismissed and len(self._idle) < self._size:
                self._idle.append(lane)
                return
        lane.close()

    def dismiss(self) -> None:
        """Takes no more work and closes what is idle; what is under way ends by itself.

        What is still queued is run, and finds out: a future that a pool cancels never wakes those
        who wait for it.
        """
        with self._lock:
            self.dismissed = True
            idle, self._idle = self._idle, []
        self._threads.shutdown(wait=False)
        for lane in idle:
            lane.close()


class Call:
    """One question. `run` belongs to a thread of the crew, `give_up` to whoever is waiting.

    `once`: it may change something, so it is never sent twice.
    """

    def __init__(
        self, crew: Crew, request: httpx.Request, deadline: float, *, once: bool = False
    ) -> None:
        self._crew = crew
        self._request = request
        self._deadline = deadline
        self._once = once
        self._lock = threading.Lock()
        self._lane: Lane | None = None
        self._sent = False
        self._given_up = False

    @property
    def host(self) -> str:
        return self._request.url.netloc.decode("ascii")

    def run(self) -> Answer | Silence:
        """The answer, or why there is none. Raises nothing."""
        lane = self._crew.take(fresh=self._once)
        sound = False
        try:
            with self._lock:
                self._lane = lane
            answer = self._send(lane)
            sound = isinstance(answer, Answer)
            return answer
        finally:
            with self._lock:
                self._lane, self._sent = None, lane.sent
                sound = sound and not self._given_up
            self._crew.give_back(lane, sound=sound)

    def give_up(self) -> Silence:
        """Nobody waits any more: free the thread, even from a read that would never end."""
        with self._lock:
            self._given_up = True
            if self._lane is not None:
                self._sent = self._lane.sent
                self._lane.cut()
            return late(self.host, sent=self._sent)

    def _send(self, lane: Lane) -> Answer | Silence:
        if self._crew.dismissed:
            return CLOSED
        if self._given_up or time.monotonic() >= self._deadline:
            return late(self.host, sent=False)
        try:
            return lane.send(self._request, self._deadline)
        except (httpx.TransportError, TooLarge, Unreadable) as error:
            return silence(error, self.host, sent=lane.sent)

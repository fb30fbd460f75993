"""A few sessions with one database, and a deadline that holds whatever the database does.

A session's own time limits don't bound a server that hangs, so whoever waits gives up by our clock:
the question is cancelled there, and the session thrown away, by threads kept for that.
"""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Generic, Protocol, TypeVar

from migrations_app.domain.reading import Outcome
from migrations_app.sources.value import NoValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

CLOSED: Final = NoValue(Outcome.ERROR, "this source was closed")
_KEPT: Final = 60.0  # seconds; idle sessions older than that are closed


class Session(Protocol):
    """Belongs to one thread at a time; only `cancel` may be called by another."""

    def cancel(self) -> None:
        """What is under way ends soon, even if nobody answers. The session is of no use after."""
        ...

    def close(self) -> None: ...


class Lost(Exception):
    """There is no session, or no longer; `why` it counts as no value."""

    def __init__(self, why: NoValue) -> None:
        super().__init__(why.detail)
        self.why = why


S = TypeVar("S", bound=Session)
T = TypeVar("T")


class Pool(Generic[S]):
    """Up to `size` sessions. Thread-safe; starts afresh in a forked child.

    `connect` is given the seconds it may take, and raises `Lost`.
    """

    def __init__(self, size: int, connect: Callable[[float], S], host: str) -> None:
        self._host = host
        self._late = NoValue(Outcome.TIMEOUT, f"{host} did not answer in time")
        self._size = size
        self._connect = connect
        self._lock = threading.Lock()
        self._closed = False
        self._idle: list[tuple[float, S]] = []
        self._abandoned: list[S] = []  # a parent's: neither used nor closed by us
        self._start()

    def run(self, works: Sequence[Callable[[S, float], T]], seconds: float) -> list[T | NoValue]:
        """What each work gives, in order; it is told the seconds left, and raises `Lost` when its
        session is gone. Over after `seconds`, whatever happens."""
        deadline = time.monotonic() + seconds
        threads = self._present()
        jobs = [_Job(work, deadline, self._late) for work in works]
        futures = [self._submit(threads, job) for job in jobs]
        wait([one for one in futures if one], max(0.0, deadline - time.monotonic()))
        pairs = zip(jobs, futures, strict=True)
        return [job.settled(future, self._hands) for job, future in pairs]

    def close(self) -> None:
        """Takes no more work; what is under way ends by its own deadline."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        self._threads.shutdown(wait=False)
        self._hands.shutdown(wait=False)
        for _, session in idle:
            session.close()

    def _start(self) -> None:
        self._pid = os.getpid()
        self._threads = ThreadPoolExecutor(self._size, thread_name_prefix=self._host)
        self._hands = ThreadPoolExecutor(self._size, thread_name_prefix=f"{self._host} end")
        self._idle = []

    def _present(self) -> ThreadPoolExecutor:
        """Threads and sessions don't survive a fork; a child that closed its parent's sessions
        would end them for the parent."""
        with self._lock:
            if self._pid != os.getpid():
                self._abandoned += [session for _, session in self._idle]
                self._start()
            return self._threads

    def _submit(self, threads: ThreadPoolExecutor, job: _Job[S, T]) -> Future[T | NoValue] | None:
        try:
            return threads.submit(self._do, job)
        except RuntimeError:  # closed
            return None

    def _do(self, job: _Job[S, T]) -> T | NoValue:
        """Once more on a new session when a kept one turns out to be dead: a server, or what
        stands before it, closes idle sessions when it likes."""
        if self._closed:
            return CLOSED
        try:
            kept = self._take()
            if kept is not None:
                try:
                    return self._on(kept, job)
                except Lost:
                    if job.over:
                        return self._late
            return self._on(self._connect(max(0.001, job.left)), job)
        except Lost as lost:
            return self._late if job.over else lost.why

    def _on(self, session: S, job: _Job[S, T]) -> T | NoValue:
        sound = False
        try:
            if not job.begin(session):
                sound = True
                return self._late
            found = job.work(session, max(0.001, job.left))
            sound = True
            return found
        finally:
            sound = job.finish() and sound
            self._give_back(session, sound=sound)

    def _take(self) -> S | None:
        """The session used last, because it is the most likely to be alive."""
        with self._lock:
            old = [one for one in self._idle if one[0] < time.monotonic() - _KEPT]
            self._idle = self._idle[len(old) :]
            newest = self._idle.pop()[1] if self._idle else None
        for _, session in old:
            session.close()
        return newest

    def _give_back(self, session: S, *, sound: bool) -> None:
        with self._lock:
            if sound and not self._closed:
                self._idle.append((time.monotonic(), session))
                return
        session.close()


class _Job(Generic[S, T]):
    """One question. `cut` belongs to whoever gave up waiting for it."""

    def __init__(self, work: Callable[[S, float], T], deadline: float, late: NoValue) -> None:
        self.work = work
        self._late = late
        self._given_up = False
        self._deadline = deadline
        self._lock = threading.Lock()
        self._session: S | None = None
        self._cut = False

    @property
    def left(self) -> float:
        return self._deadline - time.monotonic()

    @property
    def over(self) -> bool:
        return self._given_up or self.left <= 0

    def begin(self, session: S) -> bool:
        """False when nobody waits any more."""
        with self._lock:
            self._session = None if self.over else session
            return self._session is not None

    def finish(self) -> bool:
        """Whether the session was left alone. Waits for a cut that is under way, which would
        otherwise hit the next question on the same session."""
        with self._lock:
            self._session = None
            return not self._cut

    def cut(self) -> None:
        with self._lock:
            if self._session is not None:
                self._cut = True
                self._session.cancel()

    def settled(self, future: Future[T | NoValue] | None, hands: ThreadPoolExecutor) -> T | NoValue:
        """What became of it by now. If nothing did, it is given up."""
        if future is None:
            return CLOSED
        if future.done():
            return future.result()
        if not future.cancel():
            self._given_up = True
            with suppress(RuntimeError):  # closed: its own time limit ends it
                hands.submit(self.cut)
        return self._late

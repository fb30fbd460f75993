"""Do several things at the same moment, and stop waiting for all of them at one deadline."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, TypeVar

from migrations_app.domain.reading import Outcome
from migrations_app.sources.value import NoValue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

T = TypeVar("T")
CLOSED = NoValue(Outcome.ERROR, "this source was closed")


class AtOnce:
    """Up to `size` threads. A work is told the seconds it has, and has to end soon after by itself,
    though nobody waits for it. Thread-safe; starts afresh in a forked child."""

    def __init__(self, size: int, name: str) -> None:
        self._size = size
        self._name = name
        self._lock = threading.Lock()
        self._start()

    def run(
        self, works: Sequence[Callable[[float], T]], seconds: float, late: str
    ) -> list[T | NoValue]:
        """What each gives, in order; `late` says what it means if it gave nothing in time."""
        deadline = time.monotonic() + seconds
        threads = self._present()
        futures = [_submitted(threads, work, deadline) for work in works]
        wait([one for one in futures if one], max(0.0, deadline - time.monotonic()))
        for one in futures:
            if one is not None:
                one.cancel()
        why = NoValue(Outcome.TIMEOUT, late)
        ended = [one is None or (one.done() and not one.cancelled()) for one in futures]
        return [
            (one.result() if one else CLOSED) if over else why
            for one, over in zip(futures, ended, strict=True)
        ]

    def close(self) -> None:
        """Takes no more work; what is under way ends by itself."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> None:
        self._pid = os.getpid()
        self._threads = ThreadPoolExecutor(self._size, thread_name_prefix=self._name)

    def _present(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._pid != os.getpid():
                self._start()
            return self._threads


def _submitted(
    threads: ThreadPoolExecutor, work: Callable[[float], T], deadline: float
) -> Future[T] | None:
    try:
        return threads.submit(lambda: work(max(0.001, deadline - time.monotonic())))
    except RuntimeError:  # closed
        return None

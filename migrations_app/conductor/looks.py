"""Looks at planes that nobody waits long for, and that are shared by all who ask for the same.

However many people open a page, a plane is asked once at a time; one that hangs costs a thread
until its driver gives up, and everybody else a sentence.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Generic, TypeVar

from migrations_app.domain.errors import WarroomError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Hashable

log = logging.getLogger(__name__)

T = TypeVar("T")

AT_ONCE: Final = 16
"""Planes asked at a time, in one process."""


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """What came of a look: a value, or a sentence that says why there is none."""

    value: T | None
    trouble: str = ""


@dataclass
class Looks:
    """One look at a time per key."""

    pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(AT_ONCE, thread_name_prefix="look")
    )
    under_way: dict[Hashable, Future[object]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, key: Hashable, look: Callable[[], object]) -> Future[object]:
        """Begin to look, or join those who are looking already."""
        with self.lock:
            found = self.under_way.get(key)
            if found is not None:
                return found
            begun = self.under_way[key] = self.pool.submit(look)
        begun.add_done_callback(lambda _: self._over(key))
        return begun

    def _over(self, key: Hashable) -> None:
        with self.lock:
            self.under_way.pop(key, None)


def patiently(asked: Collection[Future[object]], budget_s: float) -> None:
    """Wait until all have answered, no longer than `budget_s` seconds for all of them together."""
    wait(asked, timeout=budget_s)


def told(asked: Future[object], kind: type[T], budget_s: float) -> Told[T]:
    """What came of it so far."""
    if not asked.done():
        busy = "was not asked: other planes that hang take every thread; look again in a moment"
        return Told(None, f"did not answer within {budget_s:g} s" if asked.running() else busy)
    error = asked.exception()
    if isinstance(error, WarroomError):
        return Told(None, str(error))
    if error is not None:
        log.error("a driver failed where it may not", exc_info=error)
        return Told(None, f"its driver failed ({type(error).__name__}); the server's log says how")
    value = asked.result()
    assert isinstance(value, kind)  # noqa: S101 (whoever asked knows what for)
    return Told(value)


LOOKS: Final = Looks()

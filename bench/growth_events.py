"""Entries of a timeline, 100 to 1,000,000: the room, the newest page, and writing one more."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from bench.timeline_run import Bench
from migrations_app.actions.lock import locked
from migrations_app.actions.record import record
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.timeline import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.growth_fit import Work


class Events:
    """Runs that differ in nothing but the length of their timelines."""

    def __init__(self, sizes: Sequence[int]) -> None:
        self._bench = Bench(sizes)

    def works(self, sizes: Sequence[int]) -> dict[str, dict[int, Work]]:
        pages = {"room": "", "timeline": "timeline/"}
        read = {
            name: {size: _timed(self._bench.page(size, path)) for size in sizes}
            for name, path in pages.items()
        }
        write = {size: _timed(self._writer(self._bench.runs[size])) for size in sizes}
        return {**read, "one more entry": write}

    def _writer(self, run_id: int) -> Callable[[], object]:
        def one_more() -> None:
            with locked(run_id) as held:
                record(held, Kind.NOTE, "one more", ENGINE, payload={})

        return one_more


def _timed(work: Callable[[], object]) -> Work:
    def timed() -> float:
        began = time.perf_counter()
        work()
        return time.perf_counter() - began

    return timed

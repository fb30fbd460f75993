"""One series: packed chunks of the past and the last few minutes as they are."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections import deque
from typing import TYPE_CHECKING, Final

from migrations_app.practice.promql.chunk import Chunk, is_stale, pack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.practice.promql.labels import Labels

_FULL: Final = 120  # samples in a chunk


class Series:
    """Not thread-safe: the store has the lock."""

    def __init__(self, labels: Labels) -> None:
        self.labels = labels
        self._past: deque[Chunk] = deque()
        self._times = array("q")
        self._values = array("d")

    @property
    def newest(self) -> int:
        """Time of the newest sample, in unix ms."""
        if self._times:
            return self._times[-1]
        return self._past[-1].end if self._past else 0

    @property
    def oldest(self) -> int:
        """Time of the oldest sample, in unix ms."""
        if self._past:
            return self._past[0].start
        return self._times[0] if self._times else 0

    @property
    def alive(self) -> bool:
        """Whether its newest sample is a value, not the mark of its end."""
        return bool(self._values) and not is_stale(self._values[-1])

    def append(self, time: int, value: float) -> Chunk | None:
        """Keeps the sample, or drops it if it is not newer than all others.

        The chunk that was packed by this, if one was.
        """
        if time <= self.newest:
            return None
        chunk = self._pack() if len(self._times) >= _FULL else None
        self._times.append(time)
        self._values.append(value)
        return chunk

    def forget(self) -> None:
        """Drops the oldest chunk."""
        self._past.popleft()

    def between(self, start: int, end: int) -> tuple[array[int], array[float]]:
        """Copies of times and values from `start` to `end` (unix ms, both included)."""
        times, values = array("q"), array("d")
        for some_times, some_values in self._parts(start, end):
            first, last = bisect_left(some_times, start), bisect_right(some_times, end)
            times.extend(some_times[first:last])
            values.extend(some_values[first:last])
        return times, values

    def _parts(self, start: int, end: int) -> Iterator[tuple[array[int], array[float]]]:
        for chunk in self._past:
            if chunk.end >= start and chunk.start <= end:
                yield chunk.samples()
        yield self._times, self._values

    def _pack(self) -> Chunk:
        chunk = pack(self._times, self._values)
        self._past.append(chunk)
        self._times, self._values = array("q"), array("d")
        return chunk

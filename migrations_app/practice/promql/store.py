"""All series in memory, bounded three ways: by age, by bytes, by number of series."""

from __future__ import annotations

from collections import deque
from itertools import chain
from threading import Lock
from typing import TYPE_CHECKING, Final, NamedTuple

from migrations_app.practice.promql.labels import NAME, value_of
from migrations_app.practice.promql.series import Series

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from migrations_app.practice.promql.chunk import Chunk
    from migrations_app.practice.promql.labels import Labels
    from migrations_app.practice.promql.matchers import Selector

_MINUTE: Final = 60_000
_HOUR: Final = 60 * _MINUTE


class TooManySeries(Exception):
    """There is no room for so many new series; nothing was written."""


class Samples(NamedTuple):
    """What was found of one series. Times in unix ms, ascending; a value may be `STALE`."""

    labels: Labels
    times: Sequence[int]
    values: Sequence[float]


class Store:
    """Thread-safe. `retention` in ms; of the packed past, the oldest goes first."""

    def __init__(
        self,
        retention: int = 2 * _HOUR,
        most_bytes: int = 10 * 1024 * 1024,
        most_series: int = 2_000,
    ) -> None:
        self._retention = retention
        self._most_bytes = most_bytes
        self._most_series = most_series
        self._lock = Lock()
        self._named: dict[str, dict[Labels, Series]] = {}
        self._packed: deque[tuple[Series, Chunk]] = deque()  # in the order of packing
        self._bytes = 0
        self._count = 0
        self._swept = 0

    def write(self, time: int, values: Mapping[Labels, float]) -> None:
        """Samples of one moment (unix ms), all or nothing."""
        with self._lock:
            self._admit([labels for labels in values if labels not in self._family(labels)])
            for labels, value in values.items():
                series = self._family(labels)[labels]
                if chunk := series.append(time, value):
                    self._packed.append((series, chunk))
                    self._bytes += chunk.size
            self._forget(time - self._retention)

    def select(self, selector: Selector, start: int, end: int) -> list[Samples]:
        """Copies of what matches from `start` to `end` (unix ms, both included)."""
        with self._lock:
            found = [
                Samples(series.labels, *series.between(start, end))
                for series in self._candidates(selector)
                if series.newest >= start and selector.matches(series.labels)
            ]
        return [samples for samples in found if samples.times]

    def labels(self, selectors: Iterable[Selector], start: int, end: int) -> list[Labels]:
        """Label sets of all series that match any of `selectors` and have samples in the time."""
        with self._lock:
            found = {
                series.labels
                for selector in selectors
                for series in self._candidates(selector)
                if series.newest >= start and series.oldest <= end
                if selector.matches(series.labels)
            }
        return sorted(found)

    def _family(self, labels: Labels) -> dict[Labels, Series]:
        return self._named.get(value_of(labels, NAME), {})

    def _candidates(self, selector: Selector) -> Iterable[Series]:
        if selector.name is not None:
            return self._named.get(selector.name, {}).values()
        return chain.from_iterable(family.values() for family in self._named.values())

    def _admit(self, new: list[Labels]) -> None:
        room = self._most_series - self._count
        if len(new) > room:
            raise TooManySeries(f"{len(new)} new series, and room for {room}")
        for labels in new:
            self._named.setdefault(value_of(labels, NAME), {})[labels] = Series(labels)
        self._count += len(new)

    def _forget(self, before: int) -> None:
        while self._packed and self._must_go(self._packed[0][1], before):
            series, chunk = self._packed.popleft()
            series.forget()
            self._bytes -= chunk.size
        if before - self._swept >= _MINUTE:
            self._swept = before
            self._sweep(before)

    def _must_go(self, chunk: Chunk, before: int) -> bool:
        return self._bytes > self._most_bytes or chunk.end < before

    def _sweep(self, before: int) -> None:
        """Series that ended that long ago. Their chunks are gone by now."""
        for family in self._named.values():
            for labels in [key for key, series in family.items() if series.newest < before]:
                del family[labels]
                self._count -= 1

"""Selectors bound to a store: everything a query needs is read once, then looked up by time."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from promql_parser import AtModifierType

from migrations_app.practice.promql.chunk import is_stale
from migrations_app.practice.promql.matchers import selector_of
from migrations_app.practice.promql.store import Samples
from migrations_app.practice.promql.windows import Dialect, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promql_parser import AtModifier, MatrixSelector, VectorSelector

    from migrations_app.practice.promql.labels import Labels
    from migrations_app.practice.promql.store import Store
    from migrations_app.practice.promql.vectors import Vector

_EPOCH: Final = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a query is evaluated over: from `start` to `end`, `lookback` (all in unix ms)."""

    store: Store
    start: int
    end: int
    lookback: int
    dialect: Dialect


class Instants:
    """The newest sample of each series within the lookback, unless the series ended."""

    def __init__(self, node: VectorSelector, scope: Scope) -> None:
        self._moment = _moment_of(node, scope)
        # Prometheus 3 does not see a sample that is exactly as old as the lookback.
        self._reach = scope.lookback - (scope.dialect is Dialect.THREE)
        start, end = self._moment(scope.start), self._moment(scope.end)
        self._found = scope.store.select(selector_of(node), start - self._reach, end)

    def values(self, time: int) -> Vector:
        return {labels: value for labels, _, value in self._newest(time)}

    def stamps(self, time: int) -> Vector:
        """Not the values but the unix times, in seconds, at which they were sampled."""
        return {labels: stamp / 1000 for labels, stamp, _ in self._newest(time)}

    def _newest(self, time: int) -> Iterator[tuple[Labels, int, float]]:
        moment = self._moment(time)
        for labels, times, values in self._found:
            index = bisect_right(times, moment) - 1
            if index < 0 or times[index] < moment - self._reach or is_stale(values[index]):
                continue
            yield labels, times[index], values[index]


class Ranges:
    """The samples of each series within a window before each moment."""

    def __init__(self, node: MatrixSelector, scope: Scope) -> None:
        self._moment = _moment_of(node.vector_selector, scope)
        self._length = milliseconds(node.range)
        self._dialect = scope.dialect
        start, end = self._moment(scope.start), self._moment(scope.end)
        found = scope.store.select(selector_of(node.vector_selector), start - self._length, end)
        self._found = [_lively(samples) for samples in found]

    def windows(self, time: int) -> Iterator[tuple[Labels, Window]]:
        """Only of series that have samples there."""
        end = self._moment(time)
        start = end - self._length
        first_of = bisect_right if self._dialect is Dialect.THREE else bisect_left
        for labels, times, values in self._found:
            first, last = first_of(times, start), bisect_right(times, end)
            if first < last:
                window = Window(times[first:last], values[first:last], start, end, self._dialect)
                yield labels, window

    def samples(self, time: int) -> list[Samples]:
        """The windows as they are."""
        return [Samples(key, window.times, window.values) for key, window in self.windows(time)]


def milliseconds(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _lively(samples: Samples) -> Samples:
    """Without the marks of a series' end, which are no samples of it."""
    if not any(map(is_stale, samples.values)):
        return samples
    kept = [
        (time, value)
        for time, value in zip(samples.times, samples.values, strict=True)
        if not is_stale(value)
    ]
    times = array("q", (time for time, _ in kept))
    return Samples(samples.labels, times, array("d", (value for _, value in kept)))


def _moment_of(node: VectorSelector, scope: Scope) -> Callable[[int], int]:
    """The moment a selector looks at when asked about another: `offset` and `@`."""
    offset = milliseconds(node.offset) if node.offset else 0
    if node.at is None:
        return lambda time: time - offset
    pinned = _pinned(node.at, scope)
    return lambda _time: pinned - offset


def _pinned(at: AtModifier, scope: Scope) -> int:
    if at.type == AtModifierType.Start:
        return scope.start
    if at.type == AtModifierType.End or at.at is None:
        return scope.end
    return milliseconds(at.at - _EPOCH)

"""Functions of a range: one series' samples within a window, to a number or to nothing.

Nothing (None) leaves the series out of the result. Source: Prometheus, package `promql`.
"""

from __future__ import annotations

import math
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from migrations_app.practice.promql.arithmetic import INF, divide, largest, mean, smallest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_NEAR: Final = 1.1  # how many gaps from the window's edge still count as "reaches to the edge"


class Dialect(Enum):
    """Prometheus 3 leaves the first instant of a window out, and guesses where a counter began
    after it has looked at the window's edge; Prometheus 2 did neither."""

    TWO = 2
    THREE = 3


class Window(NamedTuple):
    """`times` (unix ms, ascending) and `values` from `start` to `end`; at least one sample."""

    times: Sequence[int]
    values: Sequence[float]
    start: int
    end: int
    dialect: Dialect = Dialect.THREE


def rate(window: Window) -> float | None:
    gain = increase(window)
    return None if gain is None else gain / ((window.end - window.start) / 1000)


def increase(window: Window) -> float | None:
    """A fall is a restart from zero, so what was lost is added again."""
    if len(window.values) < 2:
        return None
    lost = sum(before for before, after in pairwise(window.values) if after < before)
    gain = window.values[-1] - window.values[0] + lost
    return gain * _stretch(window, _since_zero(window, gain))


def delta(window: Window) -> float | None:
    if len(window.values) < 2:
        return None
    return (window.values[-1] - window.values[0]) * _stretch(window, INF)


def _since_zero(window: Window, gain: float) -> float:
    """Seconds before the first sample at which a counter of this slope would have been zero."""
    if gain <= 0 or window.values[0] < 0 or math.isnan(gain):
        return INF
    return _covered(window) * (window.values[0] / gain)


def _covered(window: Window) -> float:
    return (window.times[-1] - window.times[0]) / 1000


def _stretch(window: Window, since_zero: float) -> float:
    """How much more the window sees than its samples cover: to its edges where they come near,
    else half a gap further."""
    covered = _covered(window)
    gap = covered / (len(window.times) - 1)
    before = (window.times[0] - window.start) / 1000
    after = (window.end - window.times[-1]) / 1000
    if window.dialect is Dialect.TWO:
        before = _edge(min(before, since_zero), gap)
    else:
        before = min(_edge(before, gap), since_zero)
    return (covered + before + _edge(after, gap)) / covered


def _edge(distance: float, gap: float) -> float:
    return distance if distance < gap * _NEAR else gap / 2


def irate(window: Window) -> float | None:
    if len(window.values) < 2:
        return None
    before, after = window.values[-2:]
    gain = after if after < before else after - before
    return gain / ((window.times[-1] - window.times[-2]) / 1000)


def idelta(window: Window) -> float | None:
    return window.values[-1] - window.values[-2] if len(window.values) > 1 else None


def deriv(window: Window) -> float | None:
    """Slope per second of the straight line nearest to the samples."""
    if len(window.values) < 2:
        return None
    if all(value == window.values[0] for value in window.values):
        return math.nan if math.isinf(window.values[0]) else 0.0
    return _slope([(time - window.times[0]) / 1000 for time in window.times], window.values)


def _slope(xs: Sequence[float], ys: Sequence[float]) -> float:
    count = len(xs)
    x, y = sum(xs), sum(ys)
    together = sum(a * b for a, b in zip(xs, ys, strict=True)) - x * y / count
    return divide(together, sum(a * a for a in xs) - x * x / count)


def changes(window: Window) -> float:
    pairs = pairwise(window.values)
    return float(sum(a != b and not (math.isnan(a) and math.isnan(b)) for a, b in pairs))


def resets(window: Window) -> float:
    return float(sum(after < before for before, after in pairwise(window.values)))


RANGED: Final[dict[str, Callable[[Window], float | None]]] = {
    "rate": rate,
    "irate": irate,
    "increase": increase,
    "delta": delta,
    "idelta": idelta,
    "deriv": deriv,
    "changes": changes,
    "resets": resets,
    "avg_over_time": lambda window: mean(window.values),
    "max_over_time": lambda window: largest(window.values),
    "min_over_time": lambda window: smallest(window.values),
    "sum_over_time": lambda window: sum(window.values),
    "count_over_time": lambda window: float(len(window.values)),
    "last_over_time": lambda window: window.values[-1],
}

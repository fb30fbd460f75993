"""Axes people can read: round steps, never more than fit."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import Final

_STEPS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
        172800, 604800,
    )
)  # fmt: skip
_FAR: Final = 1e300


def ticks(start: datetime, end: datetime, most: int = 8) -> list[datetime]:
    """Round moments from `start` to `end`, at most `most` of them."""
    span = end - start
    step = next(
        (one for one in _STEPS if span <= one * most),
        _STEPS[-1] * math.ceil(span / (_STEPS[-1] * most)),
    )
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    first = epoch + step * math.ceil((start - epoch) / step)
    count = max(0, math.floor((end - first) / step) + 1)
    return [first + step * at for at in range(min(count, most + 1))]


def bounds(values: list[float]) -> tuple[float, float]:
    """Where an axis that shows all of `values` (finite) begins and ends: round, never flat.

    It begins at zero where that costs little, because a share or a latency is read against it.
    """
    low, high = min(values), max(values)
    if low >= 0 and low <= high * 0.6:
        low = 0.0
    if high / 2 - low / 2 < _least(low, high):
        low, high = low - abs(low or 1.0) / 2, high + abs(high or 1.0) / 2
    step = _nice(high / 4 - low / 4)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    return max(low, -_FAR), min(high, _FAR)


def _least(low: float, high: float) -> float:
    """Below this, two numbers are one and the same to whoever looks."""
    return max(abs(low), abs(high), 1e-300) * 1e-9


def _nice(raw: float) -> float:
    magnitude = 10.0 ** math.floor(math.log10(raw))
    factor = next((one for one in (1, 2, 2.5, 5) if raw <= one * magnitude), 10)
    return factor * magnitude

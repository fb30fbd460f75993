"""Quantiles of a classic histogram.

A quantile in the first bucket is taken from zero on; one in the last, unbounded bucket is answered
with the bound below it, however far beyond it truly is. Source: Prometheus, package `promql`.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Final, NamedTuple

from migrations_app.practice.promql.arithmetic import INF, NAN, divide
from migrations_app.practice.promql.labels import NAME, Labels, value_of, without

if TYPE_CHECKING:
    from migrations_app.practice.promql.vectors import Vector

BOUND: Final = "le"
_ASIDE: Final = frozenset({NAME, BOUND})


class Bucket(NamedTuple):
    """How many `observations` were at most `bound`."""

    bound: float
    observations: float


def histogram_quantile(share: float, buckets: Vector) -> Vector:
    """One value per histogram; a series without a readable `le` belongs to none."""
    histograms: defaultdict[Labels, dict[float, float]] = defaultdict(dict)
    for labels, count in buckets.items():
        if (bound := _bound(labels)) is not None:
            counts = histograms[without(labels, _ASIDE)]
            counts[bound] = counts.get(bound, 0.0) + count  # "1" and "1.0" are one bucket
    return {
        labels: bucket_quantile(share, [Bucket(*pair) for pair in sorted(counts.items())])
        for labels, counts in histograms.items()
    }


def bucket_quantile(share: float, buckets: list[Bucket]) -> float:
    """`buckets` ascending. NaN without observations, and without a bucket up to +Inf."""
    if math.isnan(share):
        return NAN
    if not 0 <= share <= 1:
        return math.copysign(INF, share)
    if len(buckets) < 2 or buckets[-1].bound != INF:
        return NAN
    counts = _rising([bucket.observations for bucket in buckets])
    if counts[-1] == 0:
        return NAN
    rank = share * counts[-1]
    reached = (index for index, count in enumerate(counts[:-1]) if count >= rank)
    bounds = [bucket.bound for bucket in buckets]
    return _within(bounds, counts, next(reached, len(counts) - 1), rank)


def _rising(counts: list[float]) -> list[float]:
    """Buckets are scraped one after the other, so that a later one may be behind an earlier."""
    most, rising = -INF, []
    for count in counts:
        most = max(most, count)  # in this order NaN never wins,
        rising.append(max(count, most))  # and in this it always does
    return rising


def _within(bounds: list[float], counts: list[float], index: int, rank: float) -> float:
    if index == len(bounds) - 1:
        return bounds[-2]
    if index == 0 and bounds[0] <= 0:
        return bounds[0]
    low, below = (bounds[index - 1], counts[index - 1]) if index else (0.0, 0.0)
    return low + (bounds[index] - low) * divide(rank - below, counts[index] - below)


def _bound(labels: Labels) -> float | None:
    try:
        return float(value_of(labels, BOUND))
    except ValueError:
        return None

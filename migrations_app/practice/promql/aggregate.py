"""Many series to one per group."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from promql_parser import AggModifierType

from migrations_app.practice.promql.arithmetic import largest, mean, smallest
from migrations_app.practice.promql.labels import NAME, NONE, Labels, only, without

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from promql_parser import AggModifier

    from migrations_app.practice.promql.vectors import Vector

AGGREGATES: Final[dict[str, Callable[[Sequence[float]], float]]] = {
    "sum": sum,
    "avg": mean,
    "max": largest,
    "min": smallest,
    "count": lambda values: float(len(values)),
}


def grouping(modifier: AggModifier | None) -> Callable[[Labels], Labels]:
    """The labels that a series keeps in its group."""
    if modifier is None:
        return lambda _labels: NONE
    if modifier.type == AggModifierType.By:
        kept = frozenset(modifier.labels)
        return lambda labels: only(labels, kept)
    dropped = frozenset({*modifier.labels, NAME})
    return lambda labels: without(labels, dropped)


def aggregated(
    vector: Vector,
    group_of: Callable[[Labels], Labels],
    combine: Callable[[Sequence[float]], float],
) -> Vector:
    groups: defaultdict[Labels, list[float]] = defaultdict(list)
    for labels, value in vector.items():
        groups[group_of(labels)].append(value)
    return {labels: float(combine(values)) for labels, values in groups.items()}

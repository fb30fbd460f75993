"""How the series of two vectors find each other: `on`, `ignoring`, or by all labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from promql_parser import LabelModifierType, VectorMatchCardinality

from migrations_app.practice.promql.errors import BadData, Unexecutable
from migrations_app.practice.promql.labels import NAME, Labels, only, spelled, unnamed, without

if TYPE_CHECKING:
    from collections.abc import Callable

    from promql_parser import BinModifier

    from migrations_app.practice.promql.vectors import Vector

    Combine = Callable[[float, float], float | None]


@dataclass(frozen=True, slots=True)
class Matching:
    """`labels` are the ones that must agree (`on`), or the ones that need not."""

    on: bool
    labels: frozenset[str]

    def key(self, labels: Labels) -> Labels:
        """What partners have in common."""
        if self.on:
            return only(labels, self.labels)
        return without(labels, self.labels | {NAME})

    def left_over(self, labels: Labels) -> Labels:
        """What the result of a pair keeps of the left side's labels, name included."""
        return only(labels, self.labels) if self.on else without(labels, self.labels)


_ALL: Final = Matching(on=False, labels=frozenset())


def matching_of(modifier: BinModifier | None) -> Matching:
    if modifier is None:
        return _ALL
    # The parser's enumerations can be compared, not hashed.
    if modifier.card in (VectorMatchCardinality.ManyToOne, VectorMatchCardinality.OneToMany):
        raise BadData("the practice range does not know group_left and group_right")
    if modifier.matching is None:
        return _ALL
    on = modifier.matching.type == LabelModifierType.Include
    return Matching(on, frozenset(modifier.matching.labels))


def paired(
    left: Vector, right: Vector, matching: Matching, combine: Combine, *, named: bool
) -> Vector:
    """One partner each. `combine` may answer None, and the pair is dropped."""
    if not left or not right:  # then not even an ambiguity matters
        return {}
    partners = _partners(right, matching)
    seen: set[Labels] = set()
    result: Vector = {}
    for labels, value in left.items():
        key = matching.key(labels)
        combined = combine(value, partners[key]) if key in partners else None
        if combined is None:
            continue
        if key in seen:
            raise _ambiguous("left", key)
        seen.add(key)
        kept = matching.left_over(labels)
        result[kept if named else unnamed(kept)] = combined
    return result


def both(left: Vector, right: Vector, matching: Matching) -> Vector:
    keys = {matching.key(labels) for labels in right}
    return {labels: value for labels, value in left.items() if matching.key(labels) in keys}


def either(left: Vector, right: Vector, matching: Matching) -> Vector:
    keys = {matching.key(labels) for labels in left}
    more = {labels: value for labels, value in right.items() if matching.key(labels) not in keys}
    return left | more


def unless(left: Vector, right: Vector, matching: Matching) -> Vector:
    keys = {matching.key(labels) for labels in right}
    return {labels: value for labels, value in left.items() if matching.key(labels) not in keys}


SETS: Final[dict[str, Callable[[Vector, Vector, Matching], Vector]]] = {
    "and": both,
    "or": either,
    "unless": unless,
}


def _partners(right: Vector, matching: Matching) -> dict[Labels, float]:
    partners: dict[Labels, float] = {}
    for labels, value in right.items():
        key = matching.key(labels)
        if key in partners:
            raise _ambiguous("right", key)
        partners[key] = value
    return partners


def _ambiguous(side: str, key: Labels) -> Unexecutable:
    return Unexecutable(
        f"many-to-many matching not allowed: several series on the {side} side match "
        f"{spelled(key)}; aggregate them or match on more labels"
    )

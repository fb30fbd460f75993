"""Every weight of the plan at a glance: routes as rows, phases as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.weights import targets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.domain.plan.schema import Plan, Route
    from migrations_app.reads.room.rail import Rail


@dataclass(frozen=True, slots=True)
class Rung:
    """A route's weight in a phase. `moves`: it is another one than before."""

    weight: Decimal
    moves: bool
    place: str


@dataclass(frozen=True, slots=True)
class Row:
    """One route through all phases."""

    name: str
    title: str
    rank: int
    baseline: Decimal
    rungs: tuple[Rung, ...]


def ladder(plan: Plan, rail: Rail) -> tuple[Row, ...]:
    """One row per route, one rung per phase."""
    places = [phase.place for phase in rail.phases]
    columns = [targets(plan, index) for index in range(len(plan.phases))]
    return tuple(_row(route, columns, places) for route in plan.routes)


def _row(route: Route, columns: list[dict[str, Decimal]], places: list[str]) -> Row:
    weights = [column[route.name] for column in columns]
    rungs = tuple(_rungs(route.baseline, weights, places))
    return Row(route.name, route.title or route.name, route.rank, route.baseline, rungs)


def _rungs(baseline: Decimal, weights: list[Decimal], places: list[str]) -> Iterator[Rung]:
    before = baseline
    for weight, place in zip(weights, places, strict=True):
        yield Rung(weight, weight != before, place)
        before = weight

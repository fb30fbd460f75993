"""Which weight each route ought to have in a phase, and in which order routes move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from migrations_app.domain.plan.schema import Plan


@dataclass(frozen=True, slots=True)
class Move:
    """One route's way from `previous` to `weight`, `position`-th in its phase."""

    route: str
    previous: Decimal
    weight: Decimal
    position: int


def targets(plan: Plan, phase: int) -> dict[str, Decimal]:
    """GREEN's share per route in phase `phase` (index): what it and the phases before it say."""
    weights = {route.name: route.baseline for route in plan.routes}
    for earlier in plan.phases[: phase + 1]:
        weights |= earlier.weights
    return weights


def order(plan: Plan, phase: int) -> list[str]:
    """Every route, in the order in which the phase moves them."""
    declared = [route.name for route in plan.routes]
    first = [name for name in plan.phases[phase].order if name in declared]
    return first + [name for name in declared if name not in first]


def forward(plan: Plan, phase: int, desired: Mapping[str, Decimal], *, every: bool) -> list[Move]:
    """The moves that enter `phase` from `desired`.

    A route the phase names is moved even if its weight stays, so that it is read back; with
    `every`, as at a start or a resume, so is every other route.
    """
    want = targets(plan, phase)
    named = want if every else plan.phases[phase].weights
    moving = [n for n in order(plan, phase) if n in named or want[n] != desired[n]]
    return [Move(name, desired[name], want[name], i) for i, name in enumerate(moving)]


def backward(moves: list[Move]) -> list[Move]:
    """The moves that undo `moves`, last first."""
    return [
        Move(move.route, move.weight, move.previous, i) for i, move in enumerate(reversed(moves))
    ]

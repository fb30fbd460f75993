"""One phase of the plan as its page shows it: what was agreed, and what came of it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.plan.told import agreement_told
from migrations_app.domain.weights import forward, targets
from migrations_app.models import Gate, SignOff, StepDone
from migrations_app.reads.plan.criteria import Asked, Criterion, criteria, gate_checks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime, timedelta
    from decimal import Decimal

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.gate import Gate as GateSpec
    from migrations_app.domain.plan.phase import Phase, Step
    from migrations_app.models import Run
    from migrations_app.reads.plan.text import Stretch
    from migrations_app.reads.room.rail import PhaseView, Rail


@dataclass(frozen=True, slots=True)
class FlipPlan:
    """One route's way into the phase, as planned. Weights are GREEN's share in percent."""

    title: str
    driver: str
    before: Decimal
    weight: Decimal


@dataclass(frozen=True, slots=True)
class StepPlan:
    """A step, and who did it in this leg."""

    spec: Step
    done_by: str
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a gate: when it was open, what came of it, who signed."""

    leg: int
    number: int
    opened_at: datetime | None
    closed_at: datetime | None
    outcome: str
    signed: tuple[tuple[str, str, datetime], ...]


@dataclass(frozen=True, slots=True)
class GatePlan:
    """A gate. `agreement`: who has to agree, in words."""

    spec: GateSpec
    checks: tuple[Asked, ...]
    agreement: str
    rounds: tuple[Round, ...]


@dataclass(frozen=True, slots=True)
class PhasePlan:
    """Everything about one phase. `took`: from entering it to entering the next."""

    view: PhaseView
    spec: Phase
    flips: tuple[FlipPlan, ...]
    steps: tuple[StepPlan, ...]
    gate: GatePlan
    criteria: tuple[Criterion, ...]
    took: timedelta | None
    lines: Stretch | None


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the tables hold of all phases."""

    done: Mapping[tuple[int, str], StepDone]
    rounds: Mapping[int, Sequence[Round]]


def phases(
    run: Run, bound: BoundPlan, rail: Rail, places: Mapping[str, Stretch]
) -> tuple[PhasePlan, ...]:
    """Every phase, in three queries however many there are."""
    kept = _Kept(_done(run), _rounds(run))
    return tuple(_phase(bound, rail, at, kept, places) for at in range(len(rail.phases)))


def _phase(
    bound: BoundPlan, rail: Rail, at: int, kept: _Kept, places: Mapping[str, Stretch]
) -> PhasePlan:
    spec, view = bound.plan.phases[at], rail.phases[at]
    return PhasePlan(
        view=view,
        spec=spec,
        flips=_flips(bound, at),
        steps=tuple(_step(step, kept.done.get((at, step.name))) for step in spec.steps),
        gate=GatePlan(
            spec.gate, gate_checks(bound, at), agreement_told(spec.gate),
            tuple(one for one in kept.rounds.get(at, ()) if one.opened_at or one.outcome),
        ),
        criteria=criteria(bound, at),
        took=_took(rail, at),
        lines=places.get(f"phase-{spec.name}"),
    )  # fmt: skip


def _flips(bound: BoundPlan, at: int) -> tuple[FlipPlan, ...]:
    """In the order in which they move."""
    plan = bound.plan
    titles = {route.name: route.title or route.name for route in plan.routes}
    moves = forward(plan, at, targets(plan, at - 1), every=at == 0)
    return tuple(
        FlipPlan(titles[one.route], bound.routes[one.route].driver, one.previous, one.weight)
        for one in moves
    )


def _step(spec: Step, done: StepDone | None) -> StepPlan:
    return StepPlan(spec, done.by if done else "", done.at if done else None)


def _took(rail: Rail, at: int) -> timedelta | None:
    entered = rail.phases[at].entered_at
    following = rail.phases[at + 1].entered_at if at + 1 < len(rail.phases) else None
    if entered is None or following is None or following < entered:
        return None
    return following - entered


def _done(run: Run) -> dict[tuple[int, str], StepDone]:
    rows = StepDone.objects.filter(run=run, leg=run.leg)
    return {(row.phase, row.name): row for row in rows}


def _rounds(run: Run) -> dict[int, list[Round]]:
    signed = defaultdict(list)
    for row in SignOff.objects.filter(gate__run=run).select_related("user").order_by("pk"):
        signed[row.gate_id].append((row.role, row.user.get_username(), row.at))
    found = defaultdict(list)
    for gate in Gate.objects.filter(run=run).order_by("pk"):
        found[gate.phase].append(
            Round(
                gate.leg, gate.round, gate.opened_at, gate.closed_at, gate.outcome,
                tuple(signed[gate.pk]),
            )
        )  # fmt: skip
    return found

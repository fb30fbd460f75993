"""The open gate and the steps of a run whose rows were read together with those of others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain import gatekeeper
from migrations_app.domain.plan.people import Role
from migrations_app.reads.gate import GateView, fact_of, trouble_of, watched
from migrations_app.reads.room.gate import Signature, box_of
from migrations_app.reads.room.steps import StepRows, step_view

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from migrations_app.domain.gatekeeper import Need
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.models import Run, StepDone, StepTaken
    from migrations_app.reads.room.gate import GateBox
    from migrations_app.reads.room.steps import StepView
    from migrations_app.reads.runs.kept import Kept


def gate_of(run: Run, bound: BoundPlan, kept: Kept, now: datetime) -> GateBox | None:
    """The run's gate, as its room shows it. None where there is none."""
    gate = next(iter(kept.gates.get(run.pk, ())), None)
    if gate is None:
        return None
    spec = bound.plan.phases[run.phase].gate
    signed = [
        (Role(row.role), row.user.get_username(), row.at) for row in kept.signed.get(run.pk, ())
    ]
    roles = [role for role, _, _ in signed]
    needs = [*_facts(run, bound, kept, now), *gatekeeper.role_needs(spec, roles, Role.DRI)]
    needs += gatekeeper.eyes_needs(
        spec, [name for _, name, _ in signed], dri_of(run, kept) or "the DRI"
    )
    view = GateView(
        round=gate.round,
        opened_at=gate.opened_at,
        deadline_at=gate.deadline_at,
        required=spec.checks,
        signed=tuple(signed),
        missing=tuple(gatekeeper.missing_roles(spec, roles, Role.DRI)),
        needs=tuple(needs),
    )
    return box_of(view, spec, tuple(Signature(*one) for one in signed))


def _facts(run: Run, bound: BoundPlan, kept: Kept, now: datetime) -> list[Need]:
    """What the gate needs besides people."""
    phase = bound.plan.phases[run.phase]
    done = {row.name for row in kept.done.get(run.pk, ()) if _here(row, run)}
    told = {route.name: trouble_of(route) for route in kept.routes.get(run.pk, ())}
    return [
        *_checks(run, bound, kept, now),
        *gatekeeper.step_needs([step.name for step in phase.steps], done),
        *gatekeeper.route_needs({name: trouble for name, trouble in told.items() if trouble}),
    ]


def _checks(run: Run, bound: BoundPlan, kept: Kept, now: datetime) -> list[Need]:
    rows = {row.name: row for row in kept.checks.get(run.pk, ())}
    required: Sequence[str] = bound.plan.phases[run.phase].gate.checks
    asked = [fact_of(rows[name], run, bound, now) for name in required if name in rows]
    others = [
        fact_of(rows[name], run, bound, now) for name in watched(bound, required) if name in rows
    ]
    return gatekeeper.check_needs([*asked, *(one for one in others if one.status == "FAIL")])


def dri_of(run: Run, kept: Kept) -> str:
    """The user name of the DRI; empty where nobody is."""
    held = (row for row in kept.members.get(run.migration_id, ()) if not row.backup)
    return next((row.user.get_username() for row in held if row.role == Role.DRI), "")


def steps_of(run: Run, bound: BoundPlan, kept: Kept, now: datetime) -> tuple[StepView, ...]:
    """The steps of its current phase. None before the start."""
    if run.phase < 0:
        return ()
    rows = StepRows(
        {row.name: row for row in kept.taken.get(run.pk, ()) if _here(row, run)},
        {row.name: row for row in kept.done.get(run.pk, ()) if _here(row, run)},
        {},
    )
    return tuple(step_view(step, rows, now) for step in bound.plan.phases[run.phase].steps)


def _here(row: StepDone | StepTaken, run: Run) -> bool:
    return (row.leg, row.phase) == (run.leg, run.phase)

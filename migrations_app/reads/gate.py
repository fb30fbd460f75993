"""What the open gate of a run waits for, asked by the screen and by the decision alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain import gatekeeper
from migrations_app.domain.gatekeeper import CheckFact, Need
from migrations_app.domain.plan.people import Role
from migrations_app.models import Check, Gate, Membership, Route, Run, SignOff, StepDone
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.gate import Gate as GateSpec


@dataclass(frozen=True, slots=True)
class GateView:
    """The gate of the current phase. `needs` is empty when Go would be accepted from the DRI."""

    round: int
    opened_at: datetime | None
    deadline_at: datetime | None
    required: tuple[str, ...]
    signed: tuple[tuple[Role, str, datetime], ...]
    missing: tuple[Role, ...]
    needs: tuple[Need, ...]


def gate_view(
    run: Run, now: datetime, decider: Role | None = Role.DRI, by: str = ""
) -> GateView | None:
    """The current phase's gate, or None when there is none (before the start, after the end).

    `decider`: the role whose decision counts as its sign-off; None for an automatic advance. `by`:
    who decides, whoever holds that role if it is not said.
    """
    gate = Gate.objects.filter(run=run, closed_at=None).first()
    if gate is None:
        return None
    bound = plan_of(run)
    phase = bound.plan.phases[run.phase]
    signed = _signed(gate)
    roles = [role for role, _, _ in signed]
    needs = [
        *gatekeeper.check_needs(check_facts(run, bound, phase.gate.checks, now)),
        *gatekeeper.check_needs(failing(run, bound, phase.gate.checks, now)),
        *gatekeeper.step_needs([step.name for step in phase.steps], steps_done(run)),
        *gatekeeper.route_needs(_route_trouble(run)),
        *gatekeeper.role_needs(phase.gate, roles, decider),
        *_eyes_needs(run, phase.gate, [name for _, name, _ in signed], decider, by),
    ]
    return GateView(
        round=gate.round,
        opened_at=gate.opened_at,
        deadline_at=gate.deadline_at,
        required=phase.gate.checks,
        signed=tuple(signed),
        missing=tuple(gatekeeper.missing_roles(phase.gate, roles, decider)),
        needs=tuple(needs),
    )


def _eyes_needs(
    run: Run, gate: GateSpec, signers: Sequence[str], decider: Role | None, by: str
) -> list[Need]:
    """Asks who decides only where it matters."""
    if not gate.four_eyes:
        return []
    name = None if decider is None else by or _holder(run, decider)
    return gatekeeper.eyes_needs(gate, signers, name)


def _holder(run: Run, role: Role) -> str:
    held = Membership.objects.filter(migration_id=run.migration_id, role=role, backup=False)
    return str(held.values_list("user__username", flat=True).order_by("pk").first() or "the DRI")


def check_facts(run: Run, bound: BoundPlan, names: Sequence[str], now: datetime) -> list[CheckFact]:
    """The named checks as the judge left them, with how old they may be."""
    rows = {check.name: check for check in Check.objects.filter(run=run, name__in=names)}
    return [fact_of(rows[name], run, bound, now) for name in names if name in rows]


def steps_done(run: Run) -> set[str]:
    """Names of the steps completed in the current phase of the current leg."""
    done = StepDone.objects.filter(run=run, leg=run.leg, phase=run.phase)
    return set(done.values_list("name", flat=True))


def fact_of(check: Check, run: Run, bound: BoundPlan, now: datetime) -> CheckFact:
    """One check; what was judged before the weights settled says nothing about them."""
    judged, settled = check.evaluated_at, run.settled_at
    before = judged is not None and settled is not None and judged < settled
    age = None if judged is None or before else now - judged
    patience = 2 * bound.sources[check.source].interval
    return CheckFact(check.name, check.status, check.sentence, age, patience)


def failing(run: Run, bound: BoundPlan, required: Sequence[str], now: datetime) -> list[CheckFact]:
    """Abort criteria that are failing right now block Go even if the gate does not name them."""
    facts = check_facts(run, bound, watched(bound, required), now)
    return [fact for fact in facts if fact.status == "FAIL"]


def watched(bound: BoundPlan, required: Sequence[str]) -> list[str]:
    """The checks of abort criteria that a gate does not ask for itself, without observed ones."""
    named = {criterion.check for criterion in bound.plan.abort} - set(required)
    observed = {spec.name for spec in bound.plan.checks if spec.observe}
    return sorted(named - observed)


def _signed(gate: Gate) -> list[tuple[Role, str, datetime]]:
    rows = SignOff.objects.filter(gate=gate).select_related("user").order_by("id")
    return [(Role(row.role), row.user.get_username(), row.at) for row in rows]


def _route_trouble(run: Run) -> dict[str, str]:
    """Routes whose observed weight is not the desired one, or can't be read."""
    told = {route.name: trouble_of(route) for route in Route.objects.filter(run=run)}
    return {name: trouble for name, trouble in told.items() if trouble}


def trouble_of(route: Route) -> str:
    """Why a route is not where it ought to be, as far as anybody knows; empty where it is."""
    if route.trouble or route.observed == route.desired:
        return route.trouble
    seen = "nothing yet" if route.observed is None else f"{route.observed} %"
    return f"is at {seen}, ought to be at {route.desired} %"

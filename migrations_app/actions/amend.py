"""Change the plan of a run that is under way: an event with a person and a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.actions import once
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.parity import compare
from migrations_app.actions.record import decide, record
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.bind import bind
from migrations_app.domain.plan.diff import changes
from migrations_app.domain.plan.rules import same_check
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.states import State, Verb, rule
from migrations_app.domain.timeline import Kind
from migrations_app.models import Check, SourceTick
from migrations_app.reads.access import require
from migrations_app.reads.plans import runbook_of

if TYPE_CHECKING:
    from migrations_app.domain.actor import Actor, Click
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.models import Event

_TOLD = 40


def amend(run_id: int, actor: Actor, click: Click) -> once.Outcome:
    """Take over the migration's plan as it was loaded last. Takes a reason.

    Routes and the phases already entered stay as they are. A check whose rule changed starts over;
    gates ask what the new plan says from now on.
    """
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.AMEND):
            return done
        require(actor, held.run.migration_id, Verb.AMEND)
        rule(held.state, Verb.AMEND)
        once.require_fresh_screen(held, click)
        if not click.reason.strip():
            raise Refused("reason", "An amendment takes a reason.")
        plan = Plan.model_validate(held.run.migration.plan)
        event = _amend(held, actor, click, bind(plan, held.run.environment))
        once.remember(held, actor, click, Verb.AMEND, event)
    return once.outcome(held, event)


def _amend(held: Locked, actor: Actor, click: Click, new: BoundPlan) -> Event:
    before, after = held.bound.to_snapshot(), new.to_snapshot()
    changed = list(changes(before, after))
    if not changed:
        raise Refused("unchanged", "The plan is the same as the run's: load the new one first.")
    _require_compatible(held, new)
    old = held.bound
    held.bound, held.run.plan, held.run.plan_sha256 = new, after, new.sha256
    held.run.runbook = runbook_of(held.run.migration)
    held.run.revision += 1
    if held.state is not State.PLANNED:
        _lay_out_again(held, old)
    payload = {
        "reason": click.reason,
        "from_sha256": old.sha256,
        "plan_sha256": new.sha256,
        "plan_before": before,
        "changes": [list(change) for change in changed[:_TOLD]],
        "changes_total": len(changed),
    }
    sentence = f"Plan amended by {actor.name}: {len(changed)} changes. {click.reason}"
    event = record(held, Kind.AMENDED, sentence, actor, Verb.AMEND, payload)
    decide(event, actor, Verb.AMEND, click.reason)
    return event


def _require_compatible(held: Locked, new: BoundPlan) -> None:
    if held.bound.plan.routes != new.plan.routes or held.bound.routes != new.routes:
        raise Refused(
            "routes", "Routes can't be changed under a live run: they are moving traffic."
        )
    entered = slice(0, held.run.phase + 1)
    if _moves(held.bound, entered) != _moves(new, entered):
        raise Refused("phases", "Phases that were entered keep their names and weights.")


def _moves(bound: BoundPlan, entered: slice) -> list[tuple[str, object]]:
    return [(phase.name, phase.weights) for phase in bound.plan.phases[entered]]


def _lay_out_again(held: Locked, old: BoundPlan) -> None:
    """Rows for checks and sources as the new plan has them; an unchanged check keeps its memory."""
    kept = [spec for spec in held.plan.checks if same_check(old, held.bound, spec.name)]
    Check.objects.filter(run=held.run).exclude(name__in=[spec.name for spec in kept]).delete()
    there = set(Check.objects.filter(run=held.run).values_list("name", flat=True))
    Check.objects.bulk_create(
        Check(run=held.run, name=spec.name, source=spec.source, position=position)
        for position, spec in enumerate(held.plan.checks)
        if spec.name not in there
    )
    compare(held)
    for name in {spec.source for spec in held.plan.checks}:
        SourceTick.objects.update_or_create(
            run=held.run,
            source=name,
            defaults={"interval": held.bound.sources[name].interval, "due_at": held.now},
        )

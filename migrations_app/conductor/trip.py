"""Act on verdicts: an abort criterion that fails rolls back, or freezes, without asking."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.actions import engine
from migrations_app.actions.rollback import Back
from migrations_app.conductor.rollback import roll_back
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.plan.phase import AbortPolicy
from migrations_app.domain.plan.rules import rule_of
from migrations_app.domain.states import WATCHED, State
from migrations_app.domain.trail import begun
from migrations_app.domain.verdict.acting import outlasts
from migrations_app.domain.verdict.judge import blue_is_worse
from migrations_app.domain.verdict.outcome import Status
from migrations_app.domain.verdict.stored import evidence_json
from migrations_app.domain.words import named
from migrations_app.models import Check, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.verdict.evidence import Evidence


def react(run_id: int, evidence: Mapping[str, Evidence]) -> None:
    """Look at the abort criteria among the checks just judged; the first that tripped acts."""
    run = Run.objects.get(pk=run_id)
    if State(run.state) not in WATCHED:
        return
    bound = plan_of(run)
    watched = {criterion.check for criterion in bound.plan.abort} & evidence.keys()
    rows = {row.name: row for row in Check.objects.filter(run=run, name__in=watched)}
    now = db_now()
    names = [phase.name for phase in bound.plan.phases]
    for criterion in bound.plan.abort:
        row = rows.get(criterion.check)
        if row is not None and criterion.counts(names, run.phase) and tripped(bound, row, now):
            with begun("breach", run=run.pk, check=row.name):
                _act(run, bound, row, evidence[row.name])
            return


def tripped(bound: BoundPlan, row: Check, now: datetime) -> bool:
    """FAIL trips. NO_DATA trips only where the plan says so, and only once it has lasted: longer
    than two intervals and than the check's own hold."""
    spec = bound.check(row.name)
    if spec.observe:
        return False
    if row.status == Status.FAIL:
        return True
    rule = rule_of(spec, bound.plan, bound)
    return row.status == Status.NO_DATA and outlasts(rule, now - row.changed_at)


def _act(run: Run, bound: BoundPlan, row: Check, evidence: Evidence) -> None:
    rule = rule_of(bound.check(row.name), bound.plan, bound)
    phase = bound.plan.phases[run.phase]
    sentence = named(row.name, row.sentence)
    seen = {
        "check": row.name, "sentence": sentence, "since": row.since,
        "readings": evidence_json(evidence),
    }  # fmt: skip
    if phase.abort_policy is AbortPolicy.FREEZE:
        engine.freeze(run.pk, sentence, seen)
    elif blue_is_worse(rule, evidence):
        engine.hold(run.pk, f"{sentence}; BLUE is no better, so nobody goes back by itself",
                    "blue_is_worse")  # fmt: skip
    else:
        back = Back(reason=sentence, trigger="criterion", evidence=seen)
        roll_back(run.pk, ENGINE, back)

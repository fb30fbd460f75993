"""Stop a run that nobody can see: an abort criterion that was not judged for too long holds it.

A criterion that can't trip protects nobody. Whether its source is down, its workers are, or the
query matches nothing: the run stays where it is, and people are told.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from migrations_app.actions import engine
from migrations_app.domain.duration import spoken
from migrations_app.domain.states import WATCHED, State
from migrations_app.domain.verdict.outcome import Status
from migrations_app.models import Check, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.domain.plan.bind import BoundPlan

BLIND_AFTER: Final = timedelta(minutes=1)
"""How long a criterion may go unjudged, or six intervals of its source where that is longer."""

_INTERVALS: Final = 6


def guard() -> None:
    """Hold every run that is blind now."""
    for run in Run.objects.filter(state__in=WATCHED - {State.HELD}).order_by("id"):
        if why := blind(run, db_now()):
            engine.hold(run.pk, why, "blind")


def blind(run: Run, now: datetime) -> str:
    """Why nobody can see whether `run` has to go back; empty while somebody can."""
    bound = plan_of(run)
    names = [phase.name for phase in bound.plan.phases]
    watched = {one.check for one in bound.plan.abort if one.counts(names, run.phase)}
    for row in Check.objects.filter(run=run, name__in=watched):
        since = _unseen_since(row, run)
        if since is not None and now - since > _patience(bound, row):
            title = bound.check(row.name).title or row.name
            return f"blind for {spoken(now - since)}: nobody can judge {title}, which would abort"
    return ""


def _unseen_since(row: Check, run: Run) -> datetime | None:
    """Since when it was not judged; None while it is. A run that has just begun gets its time."""
    began = run.phase_entered_at or run.started_at or row.changed_at
    if row.evaluated_at is None:
        return began
    if row.status == Status.NO_DATA:
        return max(row.changed_at, began)
    return max(row.evaluated_at, began)


def _patience(bound: BoundPlan, row: Check) -> timedelta:
    spec = bound.check(row.name)
    return max(BLIND_AFTER, _INTERVALS * bound.sources[spec.source].interval, spec.window)

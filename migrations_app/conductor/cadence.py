"""A promise of an update that was broken is said once, and again once per cadence.

Found by the poller with PostgreSQL alone; the run's lock lets one of two pollers say it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.actions.lock import locked
from migrations_app.actions.record import record
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.comms.cadence import reminder
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import LIVE
from migrations_app.domain.timeline import Kind
from migrations_app.models import Event, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.comms import NextUpdate, holder, next_update
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from migrations_app.actions.lock import Locked

_LIVE = [state.value for state in LIVE]


def remind() -> list[int]:
    """Say every broken promise that was not said yet. The runs it was said in."""
    told = []
    for run in Run.objects.filter(state__in=_LIVE).order_by("pk"):
        promise = next_update(run, plan_of(run), db_now())
        if promise is not None and promise.overdue and _remind(run.pk):
            told.append(run.pk)
    return told


def _remind(run_id: int) -> bool:
    try:
        with locked(run_id, patience_ms=300) as held:
            promise = next_update(held.run, held.bound, held.now)
            if promise is None:
                return False
            number = reminder(promise.due_at, held.now, held.plan.comms.cadence)
            if number is None or _said(held, promise, number):
                return False
            _say(held, promise, number)
    except Refused:  # somebody is at the run: the next round says it
        return False
    return True


def _said(held: Locked, promise: NextUpdate, number: int) -> bool:
    due = promise.due_at.isoformat()
    return Event.objects.filter(
        run=held.run, kind=Kind.UPDATE_OVERDUE, payload__due=due, payload__number__gte=number
    ).exists()


def _say(held: Locked, promise: NextUpdate, number: int) -> None:
    dri = holder(held.run.migration_id, Role.DRI)
    who = " and ".join(name for name in (promise.who, dri) if name)
    sentence = f"The update promised for {promise.due_at:%H:%M} UTC is overdue: {who or 'nobody'}"
    payload = {"due": promise.due_at.isoformat(), "number": number, "who": promise.who, "dri": dri}
    record(held, Kind.UPDATE_OVERDUE, sentence, ENGINE, payload=payload)

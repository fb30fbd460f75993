"""Hold a run's row for the length of one short transaction, and move it by the table."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import OperationalError, connection, transaction

from migrations_app.domain.errors import Refused
from migrations_app.domain.states import State, Verb, rule
from migrations_app.models import Latch, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.phase import Phase
    from migrations_app.domain.plan.schema import Plan

TRACKED = ("state", "leg", "phase", "revision", "why", "settled_at", "hold_from")
"""Fields of a run whose every change is written into the event that made it."""


@dataclass
class Locked:
    """A run whose row is held. `now` is the database's clock at the moment it was taken."""

    run: Run
    bound: BoundPlan
    now: datetime
    before: dict[str, object] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        return self.bound.plan

    @property
    def phase(self) -> Phase:
        return self.plan.phases[self.run.phase]

    @property
    def state(self) -> State:
        return State(self.run.state)

    def latched(self) -> bool:
        """Whether an abort exists for this leg. Where it does, nothing goes forward."""
        return Latch.objects.filter(run=self.run, leg=self.run.leg).exists()

    def move(self, verb: Verb, why: str = "") -> None:
        """Say `verb`: the new state by the table, a new revision, and why."""
        self.run.state = rule(self.state, verb).to
        self.run.revision += 1
        self.run.why = why[:300]

    def changes(self) -> dict[str, object]:
        """The tracked fields that differ from the last call (or from when the row was taken)."""
        now = _tracked(self.run)
        changed = {name: value for name, value in now.items() if value != self.before[name]}
        self.before = now
        return changed


def _tracked(run: Run) -> dict[str, object]:
    return {name: getattr(run, name) for name in TRACKED}


def _columns(run: Run) -> dict[str, object]:
    return {field.attname: getattr(run, field.attname) for field in run._meta.concrete_fields}


@contextmanager
def locked(run_id: int, patience_ms: int = 2000) -> Iterator[Locked]:
    """One transaction holding the run's row, saved at the end.

    `NO KEY UPDATE`, so that inserting a latch never waits for it. Raises `Refused("busy")` when
    somebody else holds the row for longer than `patience_ms`.
    """
    with transaction.atomic(durable=True):
        run = _take(run_id, patience_ms)
        held = Locked(run, plan_of(run), db_now())
        held.before = _tracked(run)
        taken = _columns(run)
        yield held
        changed = [name for name, value in _columns(run).items() if value != taken[name]]
        if changed:
            run.save(update_fields=changed)


def _take(run_id: int, patience_ms: int) -> Run:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{patience_ms}ms"])
    try:
        return Run.objects.select_for_update(no_key=True).get(pk=run_id)
    except Run.DoesNotExist:
        raise Refused("unknown_run", f"There is no run {run_id}.") from None
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "55P03":
            raise
        raise Refused("busy", "Someone else is changing this run right now. Try again.") from error

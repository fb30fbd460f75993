"""Hold a run's row for the length of one short transaction, and move it by the table."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from django.db import OperationalError, connection, transaction
from django.db.models import Q

from migrations_app.domain.errors import Refused
from migrations_app.domain.states import LIVE, State, Verb, rule
from migrations_app.domain.trail import doing
from migrations_app.models import Latch, Migration, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from django.db.models import QuerySet

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
    taken: dict[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, run: Run, now: datetime) -> Self:
        """`run`, whose row was taken at `now`."""
        return cls(run, plan_of(run), now, _tracked(run), _columns(run))

    def save(self) -> None:
        """Write what was changed since the row was taken."""
        columns = _columns(self.run).items()
        changed = [name for name, value in columns if value != self.taken[name]]
        if changed:
            self.run.save(update_fields=changed)

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
    with doing("transaction", run=run_id), transaction.atomic(durable=True):
        with _waiting(patience_ms):
            run = _rows().filter(pk=run_id).first()
        if run is None:
            raise Refused("unknown_run", f"There is no run {run_id}.")
        held = Locked.of(run, db_now())
        yield held
        held.save()


@contextmanager
def locked_crew(
    migration_id: int, said_in: int | None = None, patience_ms: int = 2000
) -> Iterator[tuple[Locked, ...]]:
    """One transaction in which nobody else decides anything in a migration, or plans a run of it.

    It holds the migration's row, so that no run is added, and every run, in the order of their
    ids. Given are those that are live, and the one with the id `said_in`; they are saved at the
    end. Whoever changes who may decide does it in here. Raises `Refused("busy")` as `locked` does.
    """
    with transaction.atomic(durable=True):
        hold_all(migration_id, patience_ms)
        told = Run.objects.filter(Q(state__in=LIVE) | Q(pk=said_in), migration_id=migration_id)
        now = db_now()
        crew = tuple(Locked.of(run, now) for run in told.order_by("pk"))
        yield crew
        for held in crew:
            held.save()


def hold_all(migration_id: int, patience_ms: int = 2000) -> None:
    """Hold a migration's row and those of all its runs until the caller's transaction is over."""
    rows = Migration.objects.select_for_update().filter(pk=migration_id)
    runs = _rows().filter(migration_id=migration_id).order_by("pk")
    with _waiting(patience_ms):
        list(rows.values_list("pk"))
        list(runs.values_list("pk"))


def _rows() -> QuerySet[Run]:
    return Run.objects.select_for_update(no_key=True)


@contextmanager
def _waiting(patience_ms: int) -> Iterator[None]:
    """Wait for rows no longer than this, and say so in words."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{patience_ms}ms"])
    try:
        yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") not in _NOT_NOW:
            raise
        raise Refused("busy", "Someone else is changing this run right now. Try again.") from error


_NOT_NOW = {"55P03", "40P01"}
"""Waited too long; or two waited for each other, and PostgreSQL sent one of them away."""

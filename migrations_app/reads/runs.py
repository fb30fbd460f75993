"""The list of runs a person may see: live ones first, then what is next, then what is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.states import ENDED, LIVE, WHO, State, Verb
from migrations_app.models import Membership, Migration, Run
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

PAST = 50


@dataclass(frozen=True, slots=True)
class RunView:
    """One run in the list. `phase` is where it is, as people say it; empty before the start."""

    id: int
    slug: str
    title: str
    environment: str
    kind: str
    state: State
    why: str
    phase: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MigrationView:
    """A migration of which this person may plan a run."""

    id: int
    title: str
    environments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Runs:
    """Live, next and past, newest first each; and what a run may be planned of."""

    live: tuple[RunView, ...]
    planned: tuple[RunView, ...]
    past: tuple[RunView, ...]
    migrations: tuple[MigrationView, ...]

    @property
    def empty(self) -> bool:
        return not (self.live or self.planned or self.past or self.migrations)


def runs(user_id: int) -> Runs:
    """Runs of the migrations in which this person holds a role; the newest of those that ended."""
    mine = Migration.objects.filter(members__user_id=user_id, members__user__is_active=True)
    starting = Membership.objects.filter(user_id=user_id, role__in=WHO[Verb.START], backup=False)
    plannable = mine.filter(pk__in=starting.values("migration")).distinct()
    rows = Run.objects.filter(migration__in=mine.values("pk")).select_related("migration")
    return Runs(
        live=_some(rows.filter(state__in=LIVE)[:PAST]),
        planned=_some(rows.filter(state=State.PLANNED)[:PAST]),
        past=_some(rows.filter(state__in=ENDED)[:PAST]),
        migrations=tuple(_migration(one) for one in plannable),
    )


def _migration(one: Migration) -> MigrationView:
    return MigrationView(one.pk, one.title, tuple(one.plan.get("environments", ())))


def _some(rows: Iterable[Run]) -> tuple[RunView, ...]:
    return tuple(_view(run) for run in rows)


def _view(run: Run) -> RunView:
    bound = plan_of(run)
    return RunView(
        id=run.pk,
        slug=run.migration.slug,
        title=bound.plan.title,
        environment=run.environment,
        kind=run.kind,
        state=State(run.state),
        why=run.why,
        phase=_phase(run, len(bound.plan.phases)),
        at=run.ended_at or run.started_at or run.created_at,
    )


def _phase(run: Run, count: int) -> str:
    if run.phase < 0:
        return ""
    spec = plan_of(run).plan.phases[run.phase]
    return f"{run.phase + 1}/{count} {spec.title or spec.name}"

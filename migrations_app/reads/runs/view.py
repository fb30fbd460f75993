"""A run and a migration as lists show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.states import State
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.models import Migration, Run


@dataclass(frozen=True, slots=True)
class RunView:
    """One run in a list. `phase` is where it is, as people say it; empty before the start."""

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


def run_view(run: Run) -> RunView:
    """A run, whose migration was read along with it."""
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


def migration_view(one: Migration) -> MigrationView:
    """A migration with the environments its plan knows."""
    return MigrationView(one.pk, one.title, tuple(one.plan.get("environments", ())))


def _phase(run: Run, count: int) -> str:
    if run.phase < 0:
        return ""
    spec = plan_of(run).plan.phases[run.phase]
    return f"{run.phase + 1}/{count} {spec.title or spec.name}"

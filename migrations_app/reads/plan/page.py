"""The plan's page: everything that was agreed, what came of it, and the text it was written in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.domain.errors import ConfigError
from migrations_app.domain.plan.bind import bind
from migrations_app.domain.plan.diff import changes
from migrations_app.domain.plan.people import Role
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.states import ENDED, LIVE, State
from migrations_app.models import Membership, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.plan.deviations import Deviations, deviations
from migrations_app.reads.plan.ladder import Row, ladder
from migrations_app.reads.plan.phases import PhasePlan, phases
from migrations_app.reads.plan.text import Text, text_of
from migrations_app.reads.plans import plan_of
from migrations_app.reads.rehearsed import Rehearsed, rehearsed
from migrations_app.reads.room.rail import Rail, rail
from migrations_app.reads.snapshot import snapshot

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.domain.plan.bind import BoundPlan


@dataclass(frozen=True, slots=True)
class Post:
    """A role: whom the plan names, in its order, and who holds it or backs it up now."""

    role: Role
    planned: tuple[str, ...]
    holds: tuple[str, ...]
    backs_up: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlanPage:
    """A plan and its run. `frozen`: the run was started, and executes this plan whatever is loaded.

    `expected`: how long all of it takes as planned. `newer`: in how many places the plan that was
    loaded last differs from this one; a run takes it over by an amendment, or at its start.
    """

    at: datetime
    run_id: int
    slug: str
    environment: str
    kind: str
    state: State
    leg: int
    plan: Plan
    sha256: str
    frozen: bool
    started_at: datetime | None
    expected: timedelta
    rail: Rail
    ladder: tuple[Row, ...]
    phases: tuple[PhasePlan, ...]
    posts: tuple[Post, ...]
    bound: BoundPlan
    text: Text
    deviations: Deviations
    newer: int
    rehearsed: Rehearsed | None

    @property
    def over(self) -> bool:
        """Whether nothing of it will happen any more."""
        return self.state in ENDED

    @property
    def ends_at(self) -> datetime | None:
        """When everything is done if all goes as planned; None before the start."""
        return None if self.started_at is None else self.started_at + self.expected


def plan_page(run_id: int) -> PlanPage:
    """The plan of a run, in a constant number of queries. Raises `Run.DoesNotExist`."""
    with snapshot():
        run = Run.objects.select_related("migration", "runbook").get(pk=run_id)
        return _page(run, plan_of(run), db_now())


def _page(run: Run, bound: BoundPlan, now: datetime) -> PlanPage:
    way, text = rail(run, bound, now), text_of(run, bound)
    shown = phases(run, bound, way, text.places)
    return PlanPage(
        at=now,
        run_id=run.pk,
        slug=run.migration.slug,
        environment=run.environment,
        kind=run.kind,
        state=State(run.state),
        leg=run.leg,
        plan=bound.plan,
        sha256=run.plan_sha256,
        frozen=run.started_at is not None,
        started_at=run.started_at,
        expected=sum((one.spec.expected for one in shown), timedelta(0)),
        rail=way,
        ladder=ladder(bound.plan, way),
        phases=shown,
        posts=_posts(run, bound),
        bound=bound,
        text=text,
        deviations=deviations(run),
        newer=_newer(run, bound),
        rehearsed=rehearsed(run.migration.slug, bound),
    )


def _posts(run: Run, bound: BoundPlan) -> tuple[Post, ...]:
    rows = Membership.objects.filter(migration=run.migration_id, user__is_active=True)
    held: dict[tuple[str, bool], list[str]] = {}
    for role, backup, name in rows.order_by("pk").values_list("role", "backup", "user__username"):
        held.setdefault((role, backup), []).append(name)
    planned = bound.plan.roles
    return tuple(
        Post(
            role, planned.get(role, ()),
            tuple(held.get((role, False), ())), tuple(held.get((role, True), ())),
        )
        for role in Role
        if role in planned or (role, False) in held or (role, True) in held
    )  # fmt: skip


def _newer(run: Run, bound: BoundPlan) -> int:
    """How far what was loaded since differs. Nothing is done about it here."""
    if State(run.state) not in LIVE | {State.PLANNED}:
        return 0
    try:
        latest = bind(Plan.model_validate(run.migration.plan), run.environment)
    except ConfigError:
        return 1  # it no longer knows this environment
    if latest.sha256 == run.plan_sha256:
        return 0
    return sum(1 for _ in changes(bound.to_snapshot(), latest.to_snapshot()))

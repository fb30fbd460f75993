"""Put the room together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.states import LIVE, State
from migrations_app.models import Run
from migrations_app.models.clock import db_now
from migrations_app.reads.comms import NextUpdate, UpdateView, next_update, published
from migrations_app.reads.plans import plan_of
from migrations_app.reads.rehearsed import Rehearsed, rehearsed
from migrations_app.reads.room.channels import ChannelView, channels
from migrations_app.reads.room.checks import CheckView, check_views
from migrations_app.reads.room.gate import GateBox, gate_box
from migrations_app.reads.room.offers import OfferView, offers
from migrations_app.reads.room.people import PersonView, crew, observers
from migrations_app.reads.room.rail import Rail, rail
from migrations_app.reads.room.routes import LatchView, RouteView, latch_view, route_views
from migrations_app.reads.room.steps import StepView, steps
from migrations_app.reads.room.waiting import Told
from migrations_app.reads.snapshot import snapshot
from migrations_app.reads.timeline import EntryView, page
from migrations_app.reads.walked import Walked, walked

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.objectives import Objectives
    from migrations_app.domain.plan.rollback import RollbackPlan

ENTRIES = 20
UPDATES = 5


@dataclass(frozen=True, slots=True)
class Head:
    """Which run this is, and where it is."""

    id: int
    slug: str
    title: str
    environment: str
    kind: str
    state: State
    why: str
    leg: int
    revision: int
    seq: int
    started_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Blind:
    """Nobody evaluates: `since` is the newest evaluation, None if there never was one."""

    since: datetime | None


@dataclass(frozen=True, slots=True)
class Room:
    """One screen, of one moment. `evaluation`: the newest one, in epoch milliseconds.

    `updates`: what was published last, newest first. `expected`: how long each phase is to take.
    `rehearsed`: of production before its start.
    """

    at: datetime
    head: Head
    rail: Rail
    gate: GateBox | None
    steps: tuple[StepView, ...]
    checks: tuple[CheckView, ...]
    routes: tuple[RouteView, ...]
    latch: LatchView | None
    people: tuple[PersonView, ...]
    offers: tuple[OfferView, ...]
    observers: int
    entries: tuple[EntryView, ...]
    more: bool
    channels: tuple[ChannelView, ...]
    objectives: Objectives
    rollback: RollbackPlan
    walked: Walked | None
    rehearsed: Rehearsed | None
    next_update: NextUpdate | None
    updates: tuple[UpdateView, ...]
    expected: tuple[timedelta, ...]
    evaluated_at: datetime | None
    blind: Blind | None

    @property
    def has_budget(self) -> bool:
        """Whether a check keeps account of the error budget."""
        return any(one.budget for one in self.checks)

    @property
    def evaluation(self) -> int | None:
        """The newest evaluation, in epoch milliseconds, as a click carries it."""
        return None if self.evaluated_at is None else int(self.evaluated_at.timestamp() * 1000)


def room(run_id: int) -> Room:
    """The room of a run. Raises `Run.DoesNotExist`."""
    with snapshot():
        run = Run.objects.select_related("migration").get(pk=run_id)
        return _room(run, plan_of(run), db_now())


def _room(run: Run, bound: BoundPlan, now: datetime) -> Room:
    seen = check_views(run, bound, now)
    newest = max((one.evaluated_at for one in seen if one.evaluated_at), default=None)
    shown = page(run.pk, size=ENTRIES)
    gate, todo = gate_box(run, bound, now), steps(run, bound, now)
    promise = next_update(run, bound, now)
    told = Told(now, offers(run, now), promise.due_at if promise else None)
    return Room(
        at=now,
        head=_head(run, bound),
        rail=rail(run, bound, now),
        gate=gate,
        steps=todo,
        checks=seen,
        routes=route_views(run),
        latch=latch_view(run),
        people=crew(run, gate, todo, told),
        offers=told.offers,
        observers=observers(run),
        entries=shown.entries,
        more=shown.older is not None,
        channels=channels(run),
        objectives=bound.plan.objectives,
        rollback=bound.plan.rollback,
        walked=walked(run.migration.slug),
        rehearsed=_rehearsed(run, bound),
        next_update=promise,
        updates=published(run, UPDATES),
        expected=tuple(phase.expected for phase in bound.plan.phases),
        evaluated_at=newest,
        blind=_blind(run, seen, newest, now),
    )


def _rehearsed(run: Run, bound: BoundPlan) -> Rehearsed | None:
    """Asked before the start only: after it nobody rehearses any more."""
    return rehearsed(run.migration.slug, bound) if run.state == State.PLANNED else None


def _head(run: Run, bound: BoundPlan) -> Head:
    return Head(
        id=run.pk,
        slug=run.migration.slug,
        title=bound.plan.title,
        environment=run.environment,
        kind=run.kind,
        state=State(run.state),
        why=run.why,
        leg=run.leg,
        revision=run.revision,
        seq=run.seq,
        started_at=run.started_at,
        ended_at=run.ended_at,
    )


def _blind(
    run: Run, seen: tuple[CheckView, ...], newest: datetime | None, now: datetime
) -> Blind | None:
    """Whether nothing was evaluated for two intervals although the run is live."""
    if State(run.state) not in LIVE or not seen:
        return None
    patience = min(one.patience for one in seen)
    since = newest or run.started_at or now
    return Blind(newest) if now - since > patience else None

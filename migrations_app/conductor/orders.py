"""What is wanted of a route right now, read from the truth: latch, open flip, desired weight."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists, F, OuterRef

from migrations_app.conductor import keep
from migrations_app.domain.reconcile import Order
from migrations_app.domain.states import ENDED, State
from migrations_app.models import Attempt, Flip, Latch, Route, Run
from migrations_app.models.clock import ClockTimestamp

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from django_stubs_ext import WithAnnotations

    class _Known(TypedDict):
        latched: bool
        now: datetime

    _Read = WithAnnotations[Route, _Known]

READ_ON = timedelta(minutes=10)
"""How long routes are read after a run has ended: a plane may apply late."""

RANK_BUDGET = timedelta(seconds=6)
"""How long a rank of a rollback may hold up the next one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A route, its open flip, and the order that follows from both. `over`: read no more."""

    route: Route
    flip: Flip | None
    order: Order
    over: bool

    @property
    def hurries(self) -> bool:
        """Called back a moment ago and not seen there yet: written to before it is looked at."""
        away = self.route.observed != self.route.baseline
        return self.order.latched and self.flip is None and not self.restored and away

    @property
    def restored(self) -> bool:
        """Whether the run was confirmed at its baseline before."""
        return State(self.route.run.state) in {State.ROLLED_BACK, State.CALLED_OFF}


def standing(route_id: int) -> Standing:
    """Read afresh: call it again right before a write that goes forward."""
    latches = Latch.objects.filter(run=OuterRef("run"), leg=OuterRef("run__leg"))
    read = Route.objects.select_related("run").annotate(
        latched=Exists(latches), now=ClockTimestamp()
    )
    route = read.get(pk=route_id)
    flip = Flip.objects.filter(route=route, closed_at=None).first()
    latched = keep.called(route.run_id, route.run.leg) or _latched(route)
    now = route.now
    if latched and flip is not None and flip.purpose != "rollback":
        flip = None  # the latch is not written down yet: nothing but the baseline counts
    order = Order(
        weight=route.baseline if latched else _wanted(route, flip),
        latched=latched,
        asked=flip is not None,
        turn=_turn(route, flip, now) if flip is not None else latched,
        previous=flip.previous if flip is not None else route.desired,
        untried=flip is not None and flip.purpose == "forward" and not _tried(flip),
    )
    return Standing(route, flip, order, over=_over(route.run, now))


def _tried(flip: Flip) -> bool:
    """Whether a write was begun, by whomever of us, and whatever became of it."""
    return Attempt.objects.filter(flip=flip).exists()


def _latched(route: _Read) -> bool:
    return route.latched


def _wanted(route: Route, flip: Flip | None) -> Decimal:
    return route.desired if flip is None else flip.weight


def _turn(route: Route, flip: Flip, now: datetime) -> bool:
    """Forward and compensating moves go in declared order; ways back go rank by rank, and no rank
    waits for long."""
    others = Flip.objects.filter(
        route__run=route.run, revision=flip.revision, closed_at=None
    ).exclude(pk=flip.pk)
    if flip.purpose != "rollback":
        return not others.filter(position__lt=flip.position).exists()
    before = others.filter(route__rank__lt=route.rank)
    ranks = before.values_list("route__rank", flat=True).distinct().count()
    return ranks == 0 or now - flip.requested_at > RANK_BUDGET * ranks


def begin(flip: Flip) -> None:
    """Its turn came: its deadline runs from the first time only."""
    if flip.begun_at is not None:
        return
    Flip.objects.filter(pk=flip.pk, begun_at=None).update(begun_at=ClockTimestamp())


def late(flip: Flip, deadline_s: float) -> bool:
    """Whether the flip has had its turn for longer than its driver promises to need."""
    since = Flip.objects.filter(pk=flip.pk, begun_at__isnull=False).annotate(
        age=ClockTimestamp() - F("begun_at")
    )
    age = since.values_list("age", flat=True).first()
    return age is not None and age > timedelta(seconds=deadline_s)


def _over(run: Run, now: datetime) -> bool:
    ended = State(run.state) in ENDED
    return ended and run.ended_at is not None and now - run.ended_at > READ_ON

"""Routes: what ought to be, what was seen, and how far a change or a way back has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from migrations_app.domain.plan.schema import Moves
from migrations_app.models import Flip, Latch, Route

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.models import Run


@dataclass(frozen=True, slots=True)
class FlipView:
    """The newest weight asked of a route: three separate facts, each None until it is one."""

    purpose: str
    weight: Decimal
    requested_at: datetime
    applied_at: datetime | None
    confirmed_at: datetime | None
    failure: str


@dataclass(frozen=True, slots=True)
class RouteView:
    """One route. Weights are GREEN's share in percent; `observed` None before the first read."""

    name: str
    title: str
    kind: str
    moves: str
    baseline: Decimal
    desired: Decimal
    observed: Decimal | None
    observed_at: datetime | None
    detail: str
    in_flight: int | None
    lag: timedelta
    trouble: str
    trouble_since: datetime | None
    drift_since: datetime | None
    flip: FlipView | None

    @property
    def in_line(self) -> bool:
        """Whether it was last seen where it ought to be, and can be read."""
        return self.observed == self.desired and not self.trouble

    @property
    def mirror(self) -> bool:
        """Whether its weight is what is copied to GREEN, not what GREEN serves."""
        return self.moves == Moves.MIRROR

    @property
    def switch(self) -> str:
        """`on`, `off` or `between` of what is no traffic; empty for traffic."""
        if self.moves != Moves.SWITCH or self.observed is None:
            return ""
        return {Decimal(0): "off", Decimal(100): "on"}.get(self.observed, "between")

    @property
    def left(self) -> str:
        """The side that gets nothing new, where one does."""
        if self.observed is None:
            return ""
        return {Decimal(0): "green", Decimal(100): "blue"}.get(self.observed, "")


@dataclass(frozen=True, slots=True)
class LatchView:
    """The abort of the current leg: who or what called it, when, and why."""

    at: datetime
    actor: str
    by_hand: bool
    reason: str


def route_views(run: Run) -> tuple[RouteView, ...]:
    """Every route of a run, in order, in two queries."""
    newest = Flip.objects.filter(route__run=run).order_by("route_id", "-id").distinct("route_id")
    flips = {flip.route_id: _flip(flip) for flip in newest}
    return tuple(_view(route, flips.get(route.pk)) for route in Route.objects.filter(run=run))


def _flip(flip: Flip) -> FlipView:
    return FlipView(
        flip.purpose, flip.weight, flip.requested_at,
        flip.applied_at, flip.confirmed_at, flip.failure,
    )  # fmt: skip


def _view(route: Route, flip: FlipView | None) -> RouteView:
    return RouteView(
        name=route.name,
        title=route.title,
        kind=route.kind,
        moves=route.moves,
        baseline=route.baseline,
        desired=route.desired,
        observed=route.observed,
        observed_at=route.observed_at,
        detail=route.observed_detail,
        in_flight=route.in_flight,
        lag=timedelta(seconds=route.lag),
        trouble=route.trouble,
        trouble_since=route.trouble_since,
        drift_since=route.drift_since,
        flip=flip,
    )


def latch_view(run: Run) -> LatchView | None:
    """The abort of the run's current leg, if there is one."""
    found = Latch.objects.filter(run=run, leg=run.leg).first()
    if found is None:
        return None
    return LatchView(found.at, found.actor, found.trigger == "click", found.reason)

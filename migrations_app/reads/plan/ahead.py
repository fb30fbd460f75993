"""What entering a phase means by the plan and by our books: everything but the planes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from migrations_app.domain.states import ENDED, State
from migrations_app.domain.weights import forward, targets
from migrations_app.models import Route, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.gate import gate_view
from migrations_app.reads.plan.criteria import Criterion, criteria
from migrations_app.reads.plans import plan_of
from migrations_app.reads.snapshot import snapshot
from migrations_app.reads.walked import Walked, walked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime, timedelta
    from decimal import Decimal

    from migrations_app.domain.gatekeeper import Need
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.phase import Phase


class Way(StrEnum):
    """How the phase would be entered from where the run is."""

    START = "start"
    GO = "go"
    RESUME = "resume"
    LATER = "later"  # not before the phases in front of it
    PASSED = "passed"  # it was entered; in this leg it will not be again
    OVER = "over"  # the run has ended: nothing is entered, and nobody minds its routes


@dataclass(frozen=True, slots=True)
class RouteAhead:
    """One route's way into the phase. Weights are GREEN's share in percent.

    `turn` counts from 1 in the order of moving; 0 for a route that is not touched. `before`: what
    ought to be when the phase is entered; `desired`: what ought to be now, None once the run is
    over.
    """

    name: str
    title: str
    driver: str
    turn: int
    before: Decimal
    desired: Decimal | None
    weight: Decimal
    baseline: Decimal


@dataclass(frozen=True, slots=True)
class Rank:
    """Routes that a rollback brings back at once."""

    number: int
    routes: tuple[RouteAhead, ...]


@dataclass(frozen=True, slots=True)
class Back:
    """The way back from there. `expected` by the plan; `walked` where it was ever measured.

    `past`: the point of no return lies behind, so that it takes a typed name.
    """

    ranks: tuple[Rank, ...]
    expected: timedelta
    rto: timedelta | None
    walked: Walked | None
    past: bool


@dataclass(frozen=True, slots=True)
class Ahead:
    """Entering phase `number` of `count`. `needs`: what Go still waits for, without the routes."""

    at: datetime
    run_id: int
    title: str
    environment: str
    state: State
    number: int
    count: int
    phase: Phase
    way: Way
    bound: BoundPlan
    routes: tuple[RouteAhead, ...]
    criteria: tuple[Criterion, ...]
    needs: tuple[Need, ...]
    back: Back

    @property
    def moving(self) -> tuple[RouteAhead, ...]:
        """Routes that are written or read back, in their order."""
        return tuple(sorted((one for one in self.routes if one.turn), key=lambda one: one.turn))

    @property
    def staying(self) -> tuple[RouteAhead, ...]:
        """Routes that are left as they are."""
        return tuple(one for one in self.routes if not one.turn)


def ahead(run_id: int, name: str) -> Ahead | None:
    """What entering the phase called `name` means; None where the plan has no such phase."""
    with snapshot():
        run = Run.objects.select_related("migration").get(pk=run_id)
        bound = plan_of(run)
        names = [phase.name for phase in bound.plan.phases]
        return _ahead(run, bound, names.index(name), db_now()) if name in names else None


def _ahead(run: Run, bound: BoundPlan, index: int, now: datetime) -> Ahead:
    way = way_to(run, index, bound.plan.phases[index])
    routes = _routes(run, bound, index, way)
    return Ahead(
        at=now,
        run_id=run.pk,
        title=bound.plan.title,
        environment=run.environment,
        state=State(run.state),
        number=index + 1,
        count=len(bound.plan.phases),
        phase=bound.plan.phases[index],
        way=way,
        bound=bound,
        routes=routes,
        criteria=criteria(bound, index),
        needs=_needs(run, way, now),
        back=_back(run, bound, index, routes),
    )


def way_to(run: Run, index: int, phase: Phase) -> Way:
    """How the phase with this index would be entered next."""
    match State(run.state):
        case state if state in ENDED:
            return Way.OVER
        case State.PLANNED if index == 0:
            return Way.START
        case State.HELD | State.FROZEN if index == run.phase:
            return Way.RESUME
        case State.ROLLED_BACK if phase.resumable:
            return Way.RESUME
        case State.SHIFTING | State.BAKING | State.GATE if index == run.phase + 1:
            return Way.GO
        case _:
            return Way.LATER if index > run.phase else Way.PASSED


def _routes(run: Run, bound: BoundPlan, index: int, way: Way) -> tuple[RouteAhead, ...]:
    plan = bound.plan
    desired = {one.name: one.baseline for one in plan.routes} | _desired(run)
    before = desired if way in {Way.START, Way.GO, Way.RESUME} else targets(plan, index - 1)
    moves = forward(plan, index, before, every=way in {Way.START, Way.RESUME})
    turns = {move.route: move.position + 1 for move in moves}
    weights = targets(plan, index)
    return tuple(
        RouteAhead(
            name=one.name,
            title=one.title or one.name,
            driver=bound.routes[one.name].driver,
            turn=turns.get(one.name, 0),
            before=before[one.name],
            desired=None if way is Way.OVER else desired[one.name],
            weight=weights[one.name],
            baseline=one.baseline,
        )
        for one in plan.routes
    )


def _desired(run: Run) -> dict[str, Decimal]:
    return dict(Route.objects.filter(run=run).values_list("name", "desired"))


def _needs(run: Run, way: Way, now: datetime) -> tuple[Need, ...]:
    """The planes are asked themselves, so what the database holds of routes is left out."""
    view = gate_view(run, now) if way is Way.GO else None
    return tuple(need for need in view.needs if need.code != "route") if view else ()


def _back(run: Run, bound: BoundPlan, index: int, routes: Iterable[RouteAhead]) -> Back:
    plan = bound.plan
    return Back(
        ranks=_ranks(bound, routes),
        expected=plan.rollback.total,
        rto=plan.objectives.rto,
        walked=walked(run.migration.slug),
        past=any(phase.point_of_no_return for phase in plan.phases[: index + 1]),
    )


def _ranks(bound: BoundPlan, routes: Iterable[RouteAhead]) -> tuple[Rank, ...]:
    """Lowest first, as a rollback goes."""
    ranks = {one.name: one.rank for one in bound.plan.routes}
    ordered = sorted(routes, key=lambda one: ranks[one.name])
    grouped = groupby(ordered, key=lambda one: ranks[one.name])
    return tuple(Rank(number, tuple(members)) for number, members in grouped)

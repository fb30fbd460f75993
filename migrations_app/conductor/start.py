"""Start a run: look at every route first, so that the first move begins where the plan says."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from migrations_app.actions import start as actions
from migrations_app.conductor import seams
from migrations_app.conductor.sheet import print_sheet
from migrations_app.domain.errors import Refused, WarroomError
from migrations_app.domain.plan.bind import bind
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.states import LIVE
from migrations_app.models import Route, Run

if TYPE_CHECKING:
    from migrations_app.actions.once import Outcome
    from migrations_app.domain.actor import Actor, Click
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.schema import Route as Planned
    from migrations_app.drivers.base import Driver


def start(run_id: int, actor: Actor, click: Click) -> Outcome:
    """`actions.start`, refused while a route can't be read or is not at its baseline."""
    lags: dict[str, float] = {}
    run = Run.objects.select_related("migration").filter(pk=run_id, state="planned").first()
    if run is not None:
        bound = bind(Plan.model_validate(run.migration.plan), run.environment)
        _require_alone(run, bound)
        _look(bound)
        lags = {route.name: _driver(bound, route).lag for route in bound.plan.routes}
    done = actions.start(run_id, actor, click, lags)
    if not done.replayed:
        print_sheet(run_id)
    return done


def _require_alone(run: Run, bound: BoundPlan) -> None:
    """Two runs that move the same plane would each take the other's weights for somebody else's."""
    for route in bound.plan.routes:
        binding = bound.routes[route.name]
        same = Route.objects.filter(kind=binding.driver, config=binding.config)
        other = same.filter(run__state__in=LIVE).exclude(run=run).select_related("run__migration")
        if (taken := other.first()) is not None:
            raise Refused(
                "plane_taken",
                f"{route.name} is moved by another live run: run {taken.run_id} of "
                f"{taken.run.migration.slug} in {taken.run.environment}. One at a time.",
            )


def _look(bound: BoundPlan) -> None:
    routes = bound.plan.routes
    with ThreadPoolExecutor(max(1, len(routes)), thread_name_prefix="preflight") as pool:
        wrong = [why for why in pool.map(lambda route: _trouble(bound, route), routes) if why]
    if wrong:
        raise Refused("not_ready", "The run can't start: " + " ".join(wrong))


def _trouble(bound: BoundPlan, route: Planned) -> str | None:
    try:
        seen = _driver(bound, route).observe()
    except WarroomError as error:
        return f"{route.name} can't be read: {error}."
    if seen.weight == route.baseline:
        return None
    return (
        f"{route.name} is at {seen.weight.normalize():f} % GREEN, its baseline is "
        f"{route.baseline.normalize():f} %: bring it there first."
    )


def _driver(bound: BoundPlan, route: Planned) -> Driver:
    binding = bound.routes[route.name]
    return seams.driver(binding.driver, binding.config, f"routes.{route.name}")

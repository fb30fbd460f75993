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
from migrations_app.models import Run

if TYPE_CHECKING:
    from migrations_app.actions.once import Outcome
    from migrations_app.domain.actor import Actor, Click
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.schema import Route


def start(run_id: int, actor: Actor, click: Click) -> Outcome:
    """`actions.start`, refused while a route can't be read or is not at its baseline."""
    run = Run.objects.select_related("migration").filter(pk=run_id, state="planned").first()
    if run is not None:
        _look(bind(Plan.model_validate(run.migration.plan), run.environment))
    done = actions.start(run_id, actor, click)
    if not done.replayed:
        print_sheet(run_id)
    return done


def _look(bound: BoundPlan) -> None:
    routes = bound.plan.routes
    with ThreadPoolExecutor(max(1, len(routes)), thread_name_prefix="preflight") as pool:
        wrong = [why for why in pool.map(lambda route: _trouble(bound, route), routes) if why]
    if wrong:
        raise Refused("not_ready", "The run can't start: " + " ".join(wrong))


def _trouble(bound: BoundPlan, route: Route) -> str | None:
    binding = bound.routes[route.name]
    try:
        driver = seams.driver(binding.driver, binding.config, f"routes.{route.name}")
        seen = driver.observe()
    except WarroomError as error:
        return f"{route.name} can't be read: {error}."
    if seen.weight == route.baseline:
        return None
    return (
        f"{route.name} is at {seen.weight.normalize():f} % GREEN, its baseline is "
        f"{route.baseline.normalize():f} %: bring it there first."
    )

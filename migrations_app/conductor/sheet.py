"""Print the break-glass sheet of a run: what its drivers would type, and who is to be told."""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING

from migrations_app.actions.sheet import keep
from migrations_app.conductor import seams
from migrations_app.domain.errors import WarroomError
from migrations_app.domain.plan.people import Role
from migrations_app.domain.sheet import Sheet, Way
from migrations_app.models import Membership, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.rollback import RollbackStep
    from migrations_app.domain.plan.schema import Route

log = logging.getLogger(__name__)


def sheet(run_id: int) -> Sheet:
    """The sheet as of now. No driver is asked anything: it must print while planes are down.

    A route whose driver can't even be built (an address that is not set) says so on the sheet.
    Raises `Run.DoesNotExist`.
    """
    run = Run.objects.select_related("migration").get(pk=run_id)
    bound = plan_of(run)
    return Sheet(
        migration=run.migration.slug,
        title=bound.plan.title,
        run=run.pk,
        environment=run.environment,
        plan_sha256=run.plan_sha256 or run.migration.sha256,
        at=db_now(),
        people=_people(run),
        ways=tuple(_way(bound, route) for route in bound.plan.routes),
        no_return=tuple(
            phase.title or phase.name for phase in bound.plan.phases if phase.point_of_no_return
        ),
        steps=tuple(_step(step) for step in bound.plan.rollback.steps),
        drain=bound.plan.rollback.drain,
    )


def print_sheet(run_id: int) -> None:
    """Put the sheet on the timeline, from where it goes to the channels. Never stops a start."""
    try:
        keep(run_id, sheet(run_id))
    except Exception:
        log.exception("run %s has no break-glass sheet on its timeline; its page has one", run_id)


def _way(bound: BoundPlan, route: Route) -> Way:
    binding = bound.routes[route.name]
    commands: tuple[str, ...] = ()
    problem = ""
    try:
        driver = seams.driver(binding.driver, binding.config, f"routes.{route.name}")
        commands = tuple(driver.manual_commands(route.baseline))
    except WarroomError as error:
        problem = str(error)
    return Way(
        route=route.name,
        title=route.title or route.name,
        driver=binding.driver,
        rank=route.rank,
        weight=route.baseline,
        commands=commands,
        problem=problem,
    )


def _step(step: RollbackStep) -> str:
    how = f": {' '.join(step.instructions.split())}" if step.instructions else ""
    return f"{step.title or step.name} ({step.owner}){how}"


def _people(run: Run) -> tuple[tuple[str, str], ...]:
    """Names by role, the DRI first and holders before backups."""
    found: dict[str, list[str]] = defaultdict(list)
    seats = Membership.objects.filter(migration=run.migration_id).select_related("user")
    for seat in seats.order_by("backup", "id"):
        found[seat.role].append(seat.user.get_username())
    told = [role for role in Role if role is not Role.OBSERVER and role in found]
    return tuple((role.replace("_", " "), ", ".join(found[role])) for role in told)

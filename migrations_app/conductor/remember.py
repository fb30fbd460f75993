"""Remember every run that can be rolled back, on each machine that polls."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from migrations_app.actions.rollback import needs_typed_name
from migrations_app.conductor import keep
from migrations_app.domain.keepsake import Keepsake, KeptRoute
from migrations_app.domain.states import LIVE, WHO, State, Verb
from migrations_app.models import Membership, Route, Run
from migrations_app.models.clock import db_now

if TYPE_CHECKING:
    from datetime import datetime

_WARM: Final = timedelta(days=14)
"""How long a completed run is remembered: BLUE is kept warm for days, not for ever."""


def remember() -> int:
    """Write what this machine has to know. How many runs it knows now."""
    now = db_now()
    warm = Q(state=State.COMPLETED, ended_at__gt=now - _WARM)
    runs = list(Run.objects.select_related("migration").filter(Q(state__in=LIVE) | warm))
    for run in runs:
        keep.write(keepsake(run, now))
    keep.forget({run.pk for run in runs})
    return len(runs)


def keepsake(run: Run, at: datetime) -> Keepsake:
    """All it takes to bring `run` back, and nothing that is secret."""
    seats = Membership.objects.filter(migration=run.migration_id, role__in=WHO[Verb.ROLL_BACK])
    people = seats.filter(user__is_active=True).values_list("user__username", flat=True)
    routes = Route.objects.filter(run=run).order_by("rank", "position")
    return Keepsake(
        run=run.pk,
        migration=run.migration.slug,
        environment=run.environment,
        leg=run.leg,
        at=at,
        people=tuple(sorted(set(people))),
        typed=needs_typed_name(run) or "",
        routes=tuple(
            KeptRoute(route.name, route.kind, route.config, route.rank, route.baseline)
            for route in routes
        ),
    )

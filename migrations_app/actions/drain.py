"""Wait for what is still under way on the side that gets nothing new. Nothing is ever cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.models import Flip, Route

if TYPE_CHECKING:
    from migrations_app.actions.lock import Locked


def draining(held: Locked) -> bool:
    """Whether a route that was moved in this phase still has something in flight, and the time
    that its plan gives it is not over."""
    patience = {route.name: route.drain for route in held.plan.routes if route.drain}
    if not patience:
        return False
    busy = Route.objects.filter(run=held.run, name__in=patience, in_flight__gt=0)
    left = Flip.objects.filter(
        route__in=busy, leg=held.run.leg, phase=held.run.phase, confirmed_at__isnull=False
    )
    return any(
        held.now - at < patience[name]
        for name, at in left.values_list("route__name", "confirmed_at")
        if at is not None
    )

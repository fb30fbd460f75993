"""Ask for weights: write what ought to be. Moving the world there is the conductor's task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.trail import carry, doing
from migrations_app.models import Attempt, Flip, Route

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from decimal import Decimal

    from migrations_app.actions.lock import Locked
    from migrations_app.domain.weights import Move


def desired(held: Locked) -> dict[str, Decimal]:
    """What ought to be now, per route."""
    return {route.name: route.desired for route in Route.objects.filter(run=held.run)}


def request(held: Locked, moves: Sequence[Move], purpose: str) -> dict[str, Decimal]:
    """Open one flip per move under the run's revision; earlier open flips are superseded.

    Returns the new desired weights of the routes that move.
    """
    routes = {route.name: route for route in Route.objects.filter(run=held.run)}
    moving = [routes[move.route] for move in moves]
    Flip.objects.filter(route__in=moving, closed_at=None).update(
        closed_at=held.now, failure="superseded"
    )
    with doing("request flips", purpose=purpose, flips=len(moves)):
        Flip.objects.bulk_create(_flip(held, routes[move.route], move, purpose) for move in moves)
    for route, move in zip(moving, moves, strict=True):
        route.desired = move.weight
        route.read_at = held.now
        route.drift_since = None
    Route.objects.bulk_update(moving, ["desired", "read_at", "drift_since"])
    return {move.route: move.weight for move in moves}


def _flip(held: Locked, route: Route, move: Move, purpose: str) -> Flip:
    return Flip(
        route=route,
        leg=held.run.leg,
        revision=held.run.revision,
        phase=held.run.phase,
        position=move.position,
        purpose=purpose,
        weight=move.weight,
        previous=move.previous,
        requested_at=held.now,
        trace=carry(),
    )


def backdate(held: Locked, asked_at: datetime) -> None:
    """These flips were asked for at `asked_at`, and what was written since belongs to them."""
    for flip in Flip.objects.filter(route__run=held.run, closed_at=None):
        made = Attempt.objects.filter(route=flip.route_id, flip=None, began_at__gte=asked_at)
        applied = made.filter(outcome="ok").order_by("id").first()
        flip.requested_at = asked_at
        flip.applied_at = applied.ended_at if applied else None
        flip.save(update_fields=["requested_at", "applied_at"])
        made.update(flip=flip)


def stop(held: Locked) -> dict[str, Decimal]:
    """Leave every route where it was last seen: open flips are given up, nothing is undone.

    Where somebody else moved it, what ought to be stays what it was before: that is not adopted.
    Returns what ought to be now, for the routes that were on their way.
    """
    stopped: dict[str, Decimal] = {}
    routes = {route.pk: route for route in Route.objects.filter(run=held.run)}
    for flip in Flip.objects.filter(route__run=held.run, closed_at=None):
        route = routes[flip.route_id]
        ours = None if route.drift_since else route.observed
        route.desired = flip.previous if ours is None else ours
        route.save(update_fields=["desired"])
        flip.closed_at, flip.failure = held.now, "stopped"
        flip.save(update_fields=["closed_at", "failure"])
        stopped[route.name] = route.desired
    return stopped


def still_open(held: Locked) -> bool:
    """Whether any weight asked for is not confirmed yet."""
    return Flip.objects.filter(route__run=held.run, closed_at=None).exists()

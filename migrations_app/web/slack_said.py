"""What of a room stands in a form in Slack: what will happen, and the evidence as it is now."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from migrations_app.domain.states import Verb, spoken
from migrations_app.models import Run
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from migrations_app.reads.room import Room
    from migrations_app.reads.room.checks import CheckView

OVERTAKEN: Final = frozenset({"stale", "wrong_state", "aborted"})
"""What a click on an old screen is refused with."""

_MOST: Final = 12


def now(run_id: int) -> str:
    """Where the run is, in a line."""
    run = Run.objects.select_related("migration").get(pk=run_id)
    bound = plan_of(run).plan
    phase = f", phase {run.phase + 1} of {len(bound.phases)}" if run.phase >= 0 else ""
    return f"{bound.title} is {spoken(run.state).upper()}{phase}"


def evidence(shown: Room, verb: Verb, name: str) -> Iterator[str]:
    """The lines of a form for `name` to decide by."""
    here = shown.rail.here
    at = f", phase {here.number} {here.title}" if here else ""
    yield f"{shown.head.title}, {shown.head.environment}{at}."
    yield from _change(shown, verb)
    yield from (_check(one) for one in _asked(shown)[:_MOST])
    if (left := len(_asked(shown)) - _MOST) > 0:
        yield f"… and {left} more checks: see the room"
    yield f"Evidence of {clock(shown.at)} UTC. You decide as {name}."


def clock(at: datetime) -> str:
    """The time of day, to the second, in UTC."""
    return f"{at.astimezone(UTC):%H:%M:%S}"


def _change(shown: Room, verb: Verb) -> Iterator[str]:
    following = shown.rail.following
    if verb is Verb.NO_GO:
        yield "The run is held here; its weights stay where they are."
    elif following is None:
        yield "This completes the run: its weights stay where they are."
    else:
        yield f"Enters phase {following.number}, {following.title}."
        titles = {route.name: route for route in shown.routes}
        for route, weight in following.weights.items():
            now = titles[route].observed
            was = "" if now is None else f"{now.normalize():f} % → "
            yield f"{titles[route].title}: {was}{weight.normalize():f} % GREEN"


def _asked(shown: Room) -> list[CheckView]:
    """What the gate asks for; where it asks for nothing, or there is none, whatever is watched."""
    return [one for one in shown.checks if one.required] or list(shown.checks)


def _check(one: CheckView) -> str:
    stale = ", not fresh" if one.stale else ""
    return f"{one.status}{stale} · {one.sentence or one.title}"

"""The room in a few sentences, for those who watch: how far, how much moved, is it well."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.arrival import Arrival, arrival
from migrations_app.domain.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from migrations_app.reads.room.checks import CheckView
    from migrations_app.reads.room.page import Room
    from migrations_app.reads.room.routes import RouteView


@dataclass(frozen=True, slots=True)
class Story:
    """`headline` first. `waits`: what Go still waits for. `unwell`: what is not as it ought to be:
    routes first, then checks."""

    headline: str
    waits: tuple[str, ...]
    traffic: str
    checks: str
    unwell: tuple[str, ...]
    arrival: Arrival | None


def story(room: Room) -> Story:
    """Of one moment of a room, from nothing but what it shows."""
    watched = [one for one in room.checks if not one.observe]
    return Story(
        headline=_headline(room),
        waits=_waits(room),
        traffic=_traffic(room.routes),
        checks=_checks(watched),
        unwell=(*_astray(room.routes), *_unwell(watched)),
        arrival=_arrival(room),
    )


def _arrival(room: Room) -> Arrival | None:
    here = room.rail.here
    return arrival(
        room.head.state,
        room.expected,
        here.number - 1 if here else -1,
        here.entered_at if here else None,
        room.at,
    )


def _headline(room: Room) -> str:
    """Why it is so stands in the banner."""
    phase = _phase(room)
    match room.head.state:
        case State.PLANNED:
            return "It has not started. All traffic is on BLUE, the old side."
        case State.SHIFTING:
            return f"{phase}, has begun: its weights are on their way."
        case State.BAKING:
            return f"{phase}, is being watched until its hold is over."
        case State.GATE:
            return f"{phase}, waits at its gate for the decision to go on."
        case State.HELD:
            return f"Held in {phase[:1].lower()}{phase[1:]}. Nothing moves."
        case _:
            return _END[room.head.state]


_END = {
    State.FROZEN: "Frozen past the point of no return: weights stay where they are.",
    State.ROLLING_BACK: "It is going back to BLUE, the old side.",
    State.ROLLED_BACK: "It went back to BLUE, the old side, on every route.",
    State.COMPLETED: "It is completed: GREEN, the new side, serves.",
    State.CALLED_OFF: "It was called off. Nothing moves any more.",
}


def _phase(room: Room) -> str:
    """With its title held together where it ends in a number and its unit."""
    here = room.rail.here
    if here is None:
        return "It"
    title = here.title.replace(" %", "\u00a0%")
    return f"Phase {here.number} of {len(room.rail.phases)}, {title}"


def _waits(room: Room) -> tuple[str, ...]:
    """Checks are told of by themselves."""
    if room.head.state is not State.GATE or room.gate is None:
        return ()
    told = {one.name for one in room.checks}
    return tuple(need.sentence for need in room.gate.needs if need.name not in told)


def _traffic(routes: Sequence[RouteView]) -> str:
    seen = {one.title: one.observed for one in routes}
    if not seen:
        return ""
    if len(set(seen.values())) == 1:
        weight = next(iter(seen.values()))
        return f"{_share(weight)} of {_listed(list(seen))} is on GREEN."
    return "On GREEN: " + ", ".join(f"{name} {_share(one)}" for name, one in seen.items()) + "."


def _share(weight: Decimal | None) -> str:
    return "An unread share" if weight is None else f"{weight.normalize():f} %"


def _checks(watched: Sequence[CheckView]) -> str:
    if not watched:
        return ""
    well = sum(_well(one) for one in watched)
    if well == len(watched):
        return "Every check passes." if well > 1 else "Its check passes."
    return f"{well} of {len(watched)} checks pass."


def _astray(routes: Sequence[RouteView]) -> Iterator[str]:
    for one in routes:
        if one.trouble:
            yield f"{one.title}: {_ended(one.trouble)}"
        elif one.drift_since:
            yield f"{one.title} ought to be at {_share(one.desired)}: somebody moved it."


def _unwell(watched: Sequence[CheckView]) -> Iterator[str]:
    for one in watched:
        if one.stale:
            yield f"{one.title}: no verdict that is fresh enough."
        elif not _well(one):
            yield f"{one.title}: {_ended(one.sentence)}"


def _well(one: CheckView) -> bool:
    return one.status == "PASS" and not one.stale


def _ended(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _listed(names: list[str]) -> str:
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last

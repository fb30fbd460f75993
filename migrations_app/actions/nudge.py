"""Ask somebody for what the room waits for. Heard in the room and in the channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.actions import once
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.record import record
from migrations_app.domain.errors import Refused
from migrations_app.domain.nudging import AT_MOST, WINDOW, room_at
from migrations_app.domain.states import Verb, rule, spoken
from migrations_app.domain.timeline import Kind
from migrations_app.models import Nudge
from migrations_app.reads.access import require
from migrations_app.reads.room.people import crew_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from migrations_app.domain.actor import Actor, Click
    from migrations_app.domain.plan.people import Role
    from migrations_app.models import Event
    from migrations_app.reads.room.people import OwedView, PersonView


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask, for what. `about`: `sign_off`, `step:<name>`, `update`, `handover`, `decision`.

    Either `person`, a user name, or `role`: whoever owes it in that role, or, where nobody holds
    the role, who backs it up.
    """

    about: str
    person: str = ""
    role: Role | None = None

    @property
    def said(self) -> list[object]:
        """What makes one nudge differ from another under the same key."""
        return [self.about, self.person, self.role]

    @property
    def whom(self) -> str:
        return self.person or (spoken(self.role) if self.role else "nobody")


Asked = tuple["PersonView", "OwedView"]


def nudge(run_id: int, actor: Actor, click: Click, asking: Asking) -> once.Outcome:
    """Ask. Refused where the room does not wait for it, and within 2 minutes of the last time."""
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.NUDGE, asking.said):
            return done
        require(actor, held.run.migration_id, Verb.NUDGE)
        rule(held.state, Verb.NUDGE)
        asked = _ready(held, actor, asking)
        _require_room(held)
        event = _ask(held, actor, asked, click.reason)
        once.remember(held, actor, click, Verb.NUDGE, event, asking.said)
    return once.outcome(held, event)


def _ready(held: Locked, actor: Actor, asking: Asking) -> list[Asked]:
    """Who can be asked now, of those that the room waits for."""
    waited = _waited_for(held, asking)
    others = [(person, one) for person, one in waited if person.user_id != actor.user_id]
    if waited and not others:
        raise Refused("yourself", "The room waits for you, and you know it.")
    if not others:
        raise Refused("not_owed", f"The room does not wait for that from {asking.whom}.")
    ready = [(person, one) for person, one in others if one.again_at is None]
    if not ready:
        again = min(one.again_at for _, one in others if one.again_at is not None)
        raise Refused(
            "too_soon",
            f"{_names(others)} was asked for that just now. {_in(again, held.now)} they can be "
            "asked again.",
        )
    return ready


def _waited_for(held: Locked, asking: Asking) -> list[Asked]:
    people = crew_of(held.run, held.bound, held.now)
    if asking.person:
        return [
            (person, one)
            for person in people
            if person.name == asking.person
            for one in (*person.owes, *person.stands_in)
            if one.about == asking.about
        ]
    mine = [person for person in people if person.role is asking.role]
    return [(person, one) for person in mine for one in person.owes if one.about == asking.about]


def _require_room(held: Locked) -> None:
    recent = Nudge.objects.filter(run=held.run, at__gt=held.now - WINDOW)
    room = room_at(list(recent.values_list("at", flat=True)), held.now)
    if room is not None:
        raise Refused(
            "too_many",
            f"{AT_MOST} nudges in {WINDOW.total_seconds() / 60:.0f} minutes: call them instead. "
            f"{_in(room, held.now)} there is room for another one.",
        )


def _ask(held: Locked, actor: Actor, asked: Sequence[Asked], why: str) -> Event:
    Nudge.objects.bulk_create(
        Nudge(run=held.run, user_id=user_id, about=about, by=actor.name, at=held.now)
        for user_id, about in dict.fromkeys((person.user_id, one.about) for person, one in asked)
    )
    _, first = asked[0]
    names = _names(asked)
    payload = {"to": names, "about": first.about, "what": first.what, "reason": why}
    sentence = f"{actor.name} asks {names} for {first.what}"
    return record(held, Kind.NUDGED, sentence, actor, Verb.NUDGE, payload)


def _names(asked: Sequence[Asked]) -> str:
    return ", ".join(dict.fromkeys(person.name for person, _ in asked))


def _in(moment: datetime, now: datetime) -> str:
    """`In 75 s`."""
    return f"In {max(1, round((moment - now).total_seconds()))} s"

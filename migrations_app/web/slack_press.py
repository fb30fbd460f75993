"""A button was pressed. What it says is said by whoever is linked, in the role they have now."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.http import HttpResponse

from migrations_app.actions.rollback import Back
from migrations_app.conductor import rollback, slack
from migrations_app.domain.about import learn
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import Verb
from migrations_app.reads.slack import seats_at
from migrations_app.reads.slack_buttons import OPEN, About, unsealed
from migrations_app.web.back import came_of
from migrations_app.web.slack_forms import Asking, NotOpened, ask
from migrations_app.web.slack_said import OVERTAKEN, now
from migrations_app.web.slack_who import (
    Unlinked,
    account_of,
    actor_behind,
    answered,
    room_of,
    who_are_you,
)

if TYPE_CHECKING:
    from migrations_app.conductor.rollback import Returned
    from migrations_app.domain.actor import Actor
    from migrations_app.domain.slack.inbound import Pressed

_VERBS = frozenset({Verb.GO, Verb.COMPLETE, Verb.NO_GO, Verb.ROLL_BACK})


@dataclass(frozen=True, slots=True)
class Press:
    """Somebody who holds a role pressed a button of ours."""

    pressed: Pressed
    actor: Actor
    verb: Verb
    about: About


def press(pressed: Pressed) -> HttpResponse:
    """Do what the button says, and answer whoever pressed it."""
    action = pressed.actions[0]
    if action.action_id == OPEN:  # a link: the browser has gone there
        return HttpResponse()
    about = None
    try:
        verb, about = _meant(action.action_id, action.value)
        actor = actor_behind(account_of(pressed.user, pressed.team))
        learn(verb=verb, run=about.run_id, actor=actor.name)
        seats_at(about.run_id, actor)
        return _said(Press(pressed, actor, verb, about))
    except Unlinked as unlinked:
        return answered(pressed.response_url, who_are_you(unlinked.account))
    except Refused as refusal:
        return _refused(pressed, refusal, about)


def _meant(action: str, value: str) -> tuple[Verb, About]:
    verb = next((verb for verb in _VERBS if verb.value == action), None)
    about = None if verb is None else unsealed(value, verb)
    if verb is None or about is None:
        raise Refused("form", "That is no button of ours that still counts. Open the room.")
    return verb, about


def _said(press: Press) -> HttpResponse:
    if press.verb is Verb.ROLL_BACK:
        return _roll_back(press)
    asking = Asking(press.actor, press.verb, press.about,
                    press.pressed.container.channel_id or "", press.pressed.trigger_id)  # fmt: skip
    try:
        ask(asking)
    except NotOpened as why:  # Slack marks the button: nobody is left thinking that it worked
        told = slack.whisper([str(why)], [(room_of(press.about.run_id), "Open the room")])
        return answered(press.pressed.response_url, told, status=502)
    return HttpResponse()


def _roll_back(press: Press) -> HttpResponse:
    """Latched before Slack hears that we have it; moved at once behind it. Never too old."""
    rollback.call(press.about.run_id, press.actor, Back())
    slack.behind(partial(_bring_back, press))
    return HttpResponse()


def _bring_back(press: Press) -> None:
    returned = rollback.bring_back(press.about.run_id)
    room = (room_of(press.about.run_id), "Open the room")
    said = [came_of(returned), *(_way_back(one) for one in returned)]
    slack.tell(press.pressed.response_url, slack.whisper(said, [room]))


def _way_back(one: Returned) -> str:
    """How far one route's way back is, from when it was requested."""
    if one.requested_at is None:
        return f"{one.route}: not requested yet"
    walked = [
        f"{word} after {(at - one.requested_at).total_seconds():.2f} s"
        for word, at in (("applied", one.applied_at), ("confirmed", one.confirmed_at))
        if at is not None
    ]
    return f"{one.route}: requested{''.join(f', {step}' for step in walked)}"


def _refused(pressed: Pressed, refusal: Refused, about: About | None) -> HttpResponse:
    """Why nothing happened; a screen that was too old is drawn again. Who holds no role learns
    nothing, not even an address."""
    if about is None or refusal.code == "unknown_run":
        return answered(pressed.response_url, slack.whisper([refusal.message]))
    said = [refusal.message]
    if refusal.code in OVERTAKEN:
        slack.redraw(about.run_id)
        said.append(f"Now: {now(about.run_id)}.")
    room = (room_of(about.run_id), "Open the room")
    return answered(pressed.response_url, slack.whisper(said, [room]))

"""Go and No-Go from Slack: a form that shows what is decided, and what came of sending it.

A form is opened when the button is pressed, so that its evidence is of now; the button itself
stands in a message that may be hours old.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse, JsonResponse

from migrations_app.actions import gate
from migrations_app.conductor import slack
from migrations_app.domain.about import learn
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused, WarroomError
from migrations_app.domain.slack.wording import plain
from migrations_app.domain.states import Verb, rule
from migrations_app.models import Run
from migrations_app.reads.plans import plan_of
from migrations_app.reads.room import room
from migrations_app.reads.slack import NOWHERE, seats_at
from migrations_app.reads.slack_buttons import About, only_in_room, sealed, unsealed
from migrations_app.web.decide import poke
from migrations_app.web.slack_said import OVERTAKEN, evidence, now
from migrations_app.web.slack_who import Unlinked, account_of, actor_behind, room_of

if TYPE_CHECKING:
    from migrations_app.actions.once import Outcome
    from migrations_app.domain.actor import Actor
    from migrations_app.domain.slack.inbound import Submitted
    from migrations_app.reads.room import Room

LONGEST: Final = 500
_NOTHING: Final = "Nothing was done"
_STALE: Final = "The room moved on since your screen was drawn. Look again."
_TITLES: Final = {
    Verb.GO: ("Go?", "Go"),
    Verb.COMPLETE: ("Complete the run?", "Go"),
    Verb.NO_GO: ("No-Go: hold here", "Hold here"),
}


class NotOpened(Exception):
    """Slack did not open the form. Says what to do instead."""


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is to be asked, for which verb, about what, and where: a channel, and Slack's trigger."""

    actor: Actor
    verb: Verb
    about: About
    place: str
    trigger: str


def ask(asking: Asking) -> None:
    """Open the form for a verb that may be said now; `Refused` says why it may not.

    Raises `NotOpened` when Slack does not open it.
    """
    run = Run.objects.select_related("migration").filter(pk=asking.about.run_id).first()
    if run is None:
        raise Refused("unknown_run", NOWHERE)
    shown = room(run.pk)
    _require(asking, run, shown)
    try:
        slack.open_form(run, asking.place, asking.trigger, _form(asking, shown))
    except WarroomError as error:
        raise NotOpened(f"The form could not be opened. {error} Decide in the room.") from None


def _require(asking: Asking, run: Run, shown: Room) -> None:
    why_not = seats_at(run.pk, asking.actor).why_not(asking.verb)
    if why_not is not None:
        raise Refused("not_allowed", why_not)
    if asking.about.revision != shown.head.revision:
        raise Refused("stale", _STALE)
    rule(shown.head.state, asking.verb)
    if asking.verb is not Verb.NO_GO:
        _require_plain(run, shown)


def _require_plain(run: Run, shown: Room) -> None:
    """Going forward from here only where nothing is missing, typed or proved."""
    if why := only_in_room(run, plan_of(run).plan):
        raise Refused("in_room", f"{why}: decide in the room.")
    needs = shown.gate.needs if shown.gate else ()
    if not needs:
        return
    waits = "; ".join(need.sentence for need in needs)
    over = all(need.overridable for need in needs)
    way = " To go over it, decide in the room and say why." if over else ""
    raise Refused("needs", f"Go waits for: {waits}.{way}")


def _form(asking: Asking, shown: Room) -> slack.Form:
    title, submit = _TITLES[asking.verb]
    holds = asking.verb is Verb.NO_GO
    about = About(shown.head.id, shown.head.revision, shown.evaluation)
    return slack.Form(
        callback=asking.verb.value,
        title=title,
        submit=submit,
        about=sealed(about, asking.verb),
        lines=tuple(evidence(shown, asking.verb, asking.actor.name)),
        reason="Why hold here" if holds else "",
        longest=LONGEST,
    )


def submit(sent: Submitted) -> HttpResponse:
    """Say the verb the form was for; the form itself tells what came of it."""
    verb = next((verb for verb in _TITLES if verb.value == sent.view.callback_id), None)
    about = None if verb is None else unsealed(sent.view.private_metadata, verb)
    if verb is None or about is None:
        return HttpResponse(status=400)
    try:
        actor = actor_behind(account_of(sent.user, sent.team))
        learn(verb=verb, run=about.run_id, actor=actor.name)
        seats_at(about.run_id, actor)
        outcome = _say(verb, about, actor, sent)
    except Unlinked:
        return _came("Not linked any more", "Nothing was done. Say /warroom link in Slack.", "")
    except Refused as refusal:
        return _refused(refusal, about)
    return _came("Done", f"{outcome.sentence}.", room_of(about.run_id))


def _say(verb: Verb, about: About, actor: Actor, sent: Submitted) -> Outcome:
    click = Click(about.revision, about.evaluation, f"slack:{sent.view.id}", _reason(sent))
    if verb is Verb.NO_GO:
        return gate.no_go(about.run_id, actor, click)
    _require_here(Run.objects.get(pk=about.run_id), about)
    if verb is Verb.COMPLETE:
        return gate.complete(about.run_id, actor, click)
    outcome = gate.go(about.run_id, actor, click)
    poke(about.run_id)
    return outcome


def _require_here(run: Run, about: About) -> None:
    """Asked of the phase the form was for; of a later one the verb itself says that it is stale."""
    why = only_in_room(run, plan_of(run).plan)
    if why and run.revision == about.revision:
        raise Refused("in_room", f"{why}: decide in the room.")


def _reason(sent: Submitted) -> str:
    field = sent.view.state.values.get("reason", {}).get("reason")
    return plain(field.value or "", LONGEST) if field else ""


def _refused(refusal: Refused, about: About) -> HttpResponse:
    if refusal.code == "reason":
        return JsonResponse(slack.mistake(refusal.message))
    if refusal.code == "unknown_run":
        return _came(_NOTHING, refusal.message, "")
    if refusal.code not in OVERTAKEN:
        return _came(_NOTHING, refusal.message, room_of(about.run_id))
    slack.redraw(about.run_id)
    told = f"{refusal.message} Now: {now(about.run_id)}."
    return _came(_NOTHING, told, room_of(about.run_id))


def _came(title: str, sentence: str, way: str) -> HttpResponse:
    return JsonResponse(slack.outcome(title, sentence, way))

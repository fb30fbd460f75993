"""`/warroom`: what is going on, a note, whose account this is. Only the asker sees the answer."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Final

from django.http import HttpResponse, JsonResponse

from migrations_app.actions import slack_link, steps
from migrations_app.conductor import slack
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.domain.slack.asked import HELP, Ask, Asked, read
from migrations_app.domain.slack.wording import plain
from migrations_app.domain.states import spoken
from migrations_app.models import Run
from migrations_app.models.clock import db_now
from migrations_app.reads.comms import next_update
from migrations_app.reads.plans import plan_of
from migrations_app.reads.runs import runs
from migrations_app.reads.slack import Account, run_named
from migrations_app.web.slack_who import Unlinked, actor_behind, room_of, who_are_you

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from migrations_app.domain.actor import Actor
    from migrations_app.domain.slack.inbound import Command
    from migrations_app.reads.runs import Standing

    Said = Mapping[str, object]

MOST: Final = 8
"""How many runs one answer tells of."""

LONGEST: Final = 500
_TYPED: Final = 8000


def answer(typed: Command) -> HttpResponse:
    """The answer, in the acknowledgement itself."""
    asked = read(plain(typed.text, _TYPED))
    account = Account(typed.team_id, typed.user_id, typed.team_domain, typed.user_name)
    try:
        said = _answer(asked, account)
    except Unlinked as unlinked:
        said = who_are_you(unlinked.account)
    except Refused as refusal:
        said = slack.whisper([refusal.message])
    return JsonResponse(said)


def _answer(asked: Asked, account: Account) -> Said:
    if asked.ask in {Ask.HELP, None}:
        return _help(asked)
    actor = actor_behind(account)
    match asked.ask:
        case Ask.LINK:
            return slack.whisper([f"Your Slack account is linked to {actor.name}."])
        case Ask.UNLINK:
            slack_link.unlink_account(account)
            return slack.whisper([f"Your Slack account is no longer linked to {actor.name}."])
        case Ask.NOTE:
            return _note(actor, asked)
        case _:
            return _status(actor, asked.about)


def _help(asked: Asked) -> Said:
    unknown = [] if asked.ask else [f"There is no /warroom {asked.word}. There is:"]
    return slack.whisper([*unknown, *(f"{form}: {what}" for form, what in HELP)])


def _note(actor: Actor, asked: Asked) -> Said:
    if not asked.about or not asked.text:
        raise Refused("form", "Say which run and what: /warroom note orders We saw a spike.")
    if len(asked.text) > LONGEST:
        told = f"A note takes {LONGEST} characters, this one has {len(asked.text)}: shorten it."
        raise Refused("form", told)
    found = _standing(actor)
    run_id = run_named([(one.run.id, one.run.slug) for one in found], asked.about)
    outcome = steps.note(run_id, actor, Click(reason=asked.text))
    return slack.whisper([f"On the timeline, entry {outcome.seq}."], [_way(run_id)])


def _status(actor: Actor, about: str) -> Said:
    found = _standing(actor, about)
    if not found:
        named = f' with "{about}" in its name' if about else ""
        return slack.whisper([f"No run of yours is live or planned{named}."])
    rows = Run.objects.in_bulk([one.run.id for one in found[:MOST]])
    now = db_now()
    lines = [line for one in found[:MOST] for line in _told(one, rows[one.run.id], now)]
    left = len(found) - MOST
    more = [f"… and {left} more: say a part of the name."] if left > 0 else []
    return slack.whisper([*lines, *more], [_way(one.run.id) for one in found[:MOST]])


def _standing(actor: Actor, about: str = "") -> list[Standing]:
    shown = runs(actor.user_id or 0, about)
    return [*shown.live, *shown.planned]


def _told(one: Standing, run: Run, now: datetime) -> list[str]:
    """Where a run is, what it waits for, and the next promised update."""
    where = ", ".join(filter(None, (one.run.phase, one.green and f"{one.green} GREEN")))
    named = f"{one.run.slug} (run {one.run.id}, {one.run.environment})"
    lines = [f"{named}: {spoken(one.run.state).upper()}{', ' if where else ''}{where}"]
    if one.waits:
        lines.append(f"  waits for: {one.waits}")
    promise = next_update(run, plan_of(run), now)
    if promise is not None:
        late = ", OVERDUE" if promise.overdue else ""
        due = f"{promise.due_at.astimezone(UTC):%H:%M} UTC"
        lines.append(f"  next update: {due} by {promise.who or 'nobody yet'}{late}")
    return lines


def _way(run_id: int) -> tuple[str, str]:
    return room_of(run_id), f"Room of run {run_id}"

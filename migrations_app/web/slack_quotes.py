"""A shortcut or a reaction puts a message on the timeline of the run its channel is about."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from migrations_app.actions.slack_quote import LONGEST, Said, quote
from migrations_app.conductor import slack
from migrations_app.domain.errors import Refused, SeamError, Transient
from migrations_app.domain.slack.wording import plain
from migrations_app.reads.access import seats_in
from migrations_app.reads.slack import Account, name_of, runs_told_in
from migrations_app.web.slack_who import Unlinked, account_of, actor_behind, answered, who_are_you

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.domain.actor import Actor
    from migrations_app.domain.slack.inbound import Happened, Message, Shortcut
    from migrations_app.models import Run

SHORTCUT = "timeline"
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,60}")


def shortcut(chosen: Shortcut) -> HttpResponse:
    """Somebody chose "Add to the timeline" at a message, whose text came along."""
    account = account_of(chosen.user, chosen.team)
    message, place = chosen.message, chosen.channel.id
    if chosen.callback_id != SHORTCUT:
        return HttpResponse()
    try:
        actor = actor_behind(account)
        run = _the_run(actor, place, message.thread_ts or message.ts)
        said = quote(run.pk, actor, _said(chosen, message, account.team))
    except Unlinked as unlinked:
        return answered(chosen.response_url, who_are_you(unlinked.account))
    except Refused as refusal:
        return answered(chosen.response_url, slack.whisper([refusal.message]))
    return answered(chosen.response_url, _noted(run, said.seq, again=said.replayed))


def reaction(told: Happened) -> HttpResponse:
    """Somebody reacted. Where no live run is told of, and for other reactions, nothing happens.

    503 while Slack does not give the message away: Slack then tells us again, three times.
    """
    happened = told.event
    place, ts = happened.item.channel, happened.item.ts
    if place is None or ts is None or not _is_ours(happened.reaction):
        return HttpResponse()
    about = runs_told_in(place)
    if not about:
        return HttpResponse()
    account = Account(told.team_id, happened.user)
    try:
        _put(account, place, ts, about)
    except Transient:
        return HttpResponse(status=503)
    except Unlinked as unlinked:
        _whisper(about[0], place, account, who_are_you(unlinked.account))
    except (Refused, SeamError) as why:
        _whisper(about[0], place, account, slack.whisper([f"Not on the timeline: {why}"]))
    return HttpResponse()


def _whisper(run: Run, place: str, account: Account, said: Mapping[str, object]) -> None:
    slack.behind(partial(slack.whisper_in, run, place, account.id, said))


def _put(account: Account, place: str, ts: str, about: list[Run]) -> None:
    actor = actor_behind(account)
    _seated(actor, about)  # nothing is asked of Slack for somebody without a role here
    found = slack.quoted(about[0], place, ts)
    run = _the_run(actor, place, found.thread or ts)
    by = name_of(account.team, found.by) if found.by else "an app"
    said = Said(place, ts, _when(ts), by, plain(found.said, LONGEST), found.link)
    quote(run.pk, actor, said)


def _is_ours(reaction: str) -> bool:
    """Whatever the colour of the hand."""
    return reaction.partition("::")[0] == str(settings.WARROOM_SLACK_EMOJI)


def _seated(actor: Actor, about: list[Run]) -> list[Run]:
    """Those in which the person holds a role; for a stranger it is as if there were none."""
    mine = [run for run in about if seats_in(run.migration_id, actor.user_id).every]
    if not mine:
        raise Refused("unknown_run", "this channel is told of no live run that you have a role in.")
    return mine


def _the_run(actor: Actor, place: str, thread: str) -> Run:
    mine = _seated(actor, runs_told_in(place, [thread]))
    if len(mine) > 1:
        numbers = ", ".join(str(run.pk) for run in mine)
        raise Refused(
            "many", f"this channel is told of the runs {numbers}. Say which one: reply below its "
            "live message, or use /warroom note.",
        )  # fmt: skip
    return mine[0]


def _said(chosen: Shortcut, message: Message, team: str) -> Said:
    by = name_of(team, message.user) if message.user else "an app"
    text = plain(message.words, LONGEST)
    link = _permalink(chosen)
    return Said(chosen.channel.id, message.ts, _when(message.ts), by, text, link)


def _permalink(chosen: Shortcut) -> str:
    """As Slack builds it; empty where the workspace's domain did not come along."""
    domain = chosen.team.domain if chosen.team else ""
    if not _DOMAIN.fullmatch(domain):
        return ""
    message, place = chosen.message, chosen.channel.id
    address = f"https://{domain}.slack.com/archives/{place}/p{message.ts.replace('.', '')}"
    below = message.thread_ts and message.thread_ts != message.ts
    return f"{address}?thread_ts={message.thread_ts}&cid={place}" if below else address


def _when(ts: str) -> datetime:
    """A message's timestamp is its time, with a counter behind the point."""
    return datetime.fromtimestamp(int(ts.partition(".")[0]), UTC)


def _noted(run: Run, seq: int, *, again: bool) -> Mapping[str, object]:
    way = settings.WARROOM_URL + reverse("entry", args=[run.pk, seq])
    where = f"on the timeline of {run.migration.slug}, entry {seq}."
    told = f"It stands there already: {where}" if again else f"Now {where}"
    return slack.whisper([told], [(way, "Open the entry")])

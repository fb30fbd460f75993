"""Put a message from Slack on the timeline, once, with the way back to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.actions import once
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.record import record
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import Verb
from migrations_app.domain.timeline import Kind
from migrations_app.models import SlackQuote
from migrations_app.reads.access import require

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.domain.actor import Actor
    from migrations_app.models import Event

LONGEST: Final = 500
"""Characters of a message that are quoted; the way back to the whole stands beside it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody wrote in Slack. `by`: our name for them, or Slack's id; `link`: to the message.

    `text` is read from Slack's markup already, on one line, of `LONGEST` characters at most.
    """

    channel: str
    ts: str
    at: datetime
    by: str
    text: str
    link: str


def quote(run_id: int, actor: Actor, said: Said) -> once.Outcome:
    """Note what was said. Said before, by whomever, it answers with that entry."""
    if not said.text:
        raise Refused("reason", "That message has no text that could stand on a timeline.")
    with locked(run_id) as held:
        require(actor, held.run.migration_id, Verb.NOTE)
        place = {"run": held.run, "channel": said.channel, "ts": said.ts}
        found = SlackQuote.objects.select_related("event").filter(**place).first()
        if found is not None:
            return _again(held, found.event)
        event = _noted(held, actor, said)
        SlackQuote.objects.create(**place, event=event)
    return once.outcome(held, event)


def _noted(held: Locked, actor: Actor, said: Said) -> Event:
    own = said.by == actor.name
    sentence = f"{actor.name} in Slack: {said.text}" if own else (
        f"{actor.name} quotes {said.by} from Slack: {said.text}"
    )  # fmt: skip
    payload = {"said_by": said.by, "said_at": said.at, "slack": said.link}
    return record(held, Kind.NOTE, sentence, actor, Verb.NOTE, payload)


def _again(held: Locked, event: Event) -> once.Outcome:
    run = held.run
    return once.Outcome(run.pk, event.seq, held.state, run.revision, event.sentence, replayed=True)

"""Publish an update: to the timeline, the channels, the status page and its readers in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.actions import once
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.public import said
from migrations_app.actions.record import record
from migrations_app.actions.updates import OPEN, found
from migrations_app.domain.comms.leaks import Found, leaks, open_leaks
from migrations_app.domain.comms.template import TemplateError, fill
from migrations_app.domain.comms.words import Audience, Draft, Stage
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.comms import Approval
from migrations_app.domain.states import Verb
from migrations_app.domain.timeline import Kind
from migrations_app.reads.access import require
from migrations_app.reads.comms import inside, values

if TYPE_CHECKING:
    from migrations_app.domain.actor import Actor, Click
    from migrations_app.domain.seats import Seats
    from migrations_app.models import Update


@dataclass(frozen=True, slots=True)
class Publishing:
    """`version`: the one that was read. `accepted`: findings of the leak check that may pass."""

    number: int
    version: int
    accepted: tuple[str, ...] = ()


def publish(run_id: int, actor: Actor, click: Click, what: Publishing) -> once.Outcome:
    """Publish. Refused while it waits for the DRI, gives something away or promises the past."""
    about = [what.number, what.version, list(what.accepted)]
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.PUBLISH, about):
            return done
        seats = require(actor, held.run.migration_id, Verb.PUBLISH)
        update = found(held, what.number, OPEN)
        _require_same(update, what.version)
        _promise(held, update)
        _fill(held, update)
        _require_approval(held, update, actor, seats)
        _require_tight(held, update, what.accepted, click.reason)
        event = record(held, Kind.UPDATE_PUBLISHED, _sentence(update), actor, Verb.PUBLISH,
                       _payload(update, click.reason))  # fmt: skip
        update.state, update.published_at, update.event = Draft.PUBLISHED, held.now, event
        update.save()
        if update.audience == Audience.PUBLIC:
            said(held, update)
        once.remember(held, actor, click, Verb.PUBLISH, event, about)
    return once.outcome(held, event)


def _require_same(update: Update, version: int) -> None:
    if update.version != version:
        raise Refused("conflict", f"Update {update.number} was changed meanwhile. Read it again.")
    if not update.headline.strip():
        raise Refused("headline", "An update needs a headline: one sentence that says it all.")


def _promise(held: Locked, update: Update) -> None:
    """When the next one comes: as written, else by the plan's cadence; never once it is over."""
    over = bool(update.stage) and Stage(update.stage).over
    span = update.next_in if update.next_in is not None else held.plan.comms.cadence
    update.next_at = held.now + span if span and not over else None


def _fill(held: Locked, update: Update) -> None:
    audience = Audience(update.audience)
    known = values(held.run, held.bound, update.next_at, audience)
    try:
        update.headline = fill(update.headline, known, audience)[:200]
        update.body = fill(update.body, known, audience)
    except TemplateError as error:
        raise Refused("template", str(error)) from None


def _require_approval(held: Locked, update: Update, actor: Actor, seats: Seats) -> None:
    """The DRI's yes, where the plan asks for it. A DRI who publishes says it by publishing."""
    if update.audience != Audience.PUBLIC or held.plan.comms.approval is Approval.NONE:
        return
    if update.state == Draft.APPROVED:
        return
    if not seats.may(Verb.APPROVE):
        raise Refused("approval", "The DRI has to approve it first: ask for it.")
    update.approver_id = actor.user_id


def _require_tight(held: Locked, update: Update, accepted: tuple[str, ...], reason: str) -> None:
    if update.audience != Audience.PUBLIC:
        return
    findings = findings_in(update.headline, update.body, inside(held.run, held.bound))
    if left := open_leaks(findings, accepted):
        told = " ".join(one.sentence for one in left[:5])
        raise Refused("leaks", f"{told} Take it out, or let it through by name with a reason.")
    let = [one.text for one in findings]
    if let and not reason:
        raise Refused("reason", f"Say why {', '.join(let)} may be read by everybody.")
    update.leaks_accepted = ", ".join(let)[:500]


def findings_in(headline: str, body: str, names: frozenset[str]) -> list[Found]:
    """The leak check of a whole update: its headline, a line, its body."""
    return leaks(f"{headline}\n{body}", names)


def _sentence(update: Update) -> str:
    return f'{update.audience.capitalize()} update {update.number}: "{update.headline}"'


def _payload(update: Update, reason: str) -> dict[str, object]:
    return {
        "update": update.number,
        "audience": update.audience,
        "headline": update.headline,
        "body": update.body,
        "stage": update.stage,
        "impact": update.impact,
        "components": update.components,
        "next_at": update.next_at,
        "let_through": update.leaks_accepted,
        "reason": reason,
    }

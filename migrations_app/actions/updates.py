"""Updates: written, if the plan asks for it approved, and published. Published ones never change.

A draft is nobody's fact yet: it is begun, offered and decided on with entries in the timeline, and
changed without. Every change counts `version`, so that two writers never overwrite each other and
nobody approves a text they have not read.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Max

from migrations_app.actions import once
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.record import record
from migrations_app.domain.comms.words import Audience, Draft
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import Verb
from migrations_app.domain.timeline import Kind, plain
from migrations_app.models import Update
from migrations_app.reads.access import require

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from migrations_app.domain.actor import Actor, Click
    from migrations_app.models import Event

OPEN = (Draft.DRAFT, Draft.WAITING, Draft.APPROVED)


@dataclass(frozen=True, slots=True)
class Words:
    """What an update says. `components`: name → impact; `next_in`: the promise of the next one."""

    audience: Audience
    headline: str
    body: str = ""
    template: str = ""
    stage: str = ""
    impact: str = ""
    components: Mapping[str, str] = field(default_factory=dict)
    next_in: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Saved:
    """Where a draft is now."""

    number: int
    version: int
    state: Draft


def begin(run_id: int, actor: Actor, click: Click, words: Words) -> Saved:
    """Begin an update. The same key again finds the same draft."""
    about = plain(asdict(words))
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.DRAFT, about):
            return _saved(Update.objects.get(run=held.run, begun_seq=done.seq))
        require(actor, held.run.migration_id, Verb.DRAFT)
        number = (held.run.updates.aggregate(last=Max("number"))["last"] or 0) + 1
        sentence = f"{actor.name} began {words.audience} update {number}"
        event = record(held, Kind.UPDATE_DRAFTED, sentence, actor, Verb.DRAFT, {"update": number})
        update = Update(
            run=held.run, number=number, author_id=actor.user_id or 0, begun_seq=event.seq
        )
        _say(update, words)
        update.save()
        once.remember(held, actor, click, Verb.DRAFT, event, about)
    return _saved(update)


def edit(run_id: int, actor: Actor, number: int, version: int, words: Words) -> Saved:
    """Change a draft. What was approved, and is changed, has to be approved anew."""
    with locked(run_id) as held:
        require(actor, held.run.migration_id, Verb.DRAFT)
        update = found(held, number, OPEN)
        before = _texts(update)
        _say(update, words)
        if _texts(update) == before:
            return _saved(update)
        _require_version(update, version)
        update.version += 1
        update.state, update.approver_id = Draft.DRAFT, None
        update.save()
    return _saved(update)


def ask(run_id: int, actor: Actor, click: Click, number: int, version: int) -> Event:
    """Offer a public update to the DRI."""
    with locked(run_id) as held:
        require(actor, held.run.migration_id, Verb.DRAFT)
        update = found(held, number, (Draft.DRAFT,))
        _require_version(update, version)
        _require_headline(update)
        update.state = Draft.WAITING
        update.save()
        sentence = f"{actor.name} asks the DRI to approve {_called(update)}"
        payload = {"update": number, "version": version, "reason": click.reason}
        return record(held, Kind.UPDATE_DRAFTED, sentence, actor, Verb.DRAFT, payload)


def approve(run_id: int, actor: Actor, click: Click, number: int, version: int) -> Event:
    """Let an update out, in the words of this very version."""
    with locked(run_id) as held:
        require(actor, held.run.migration_id, Verb.APPROVE)
        update = found(held, number, (Draft.WAITING, Draft.DRAFT))
        _require_version(update, version)
        update.state, update.approver_id = Draft.APPROVED, actor.user_id
        update.save()
        payload = {"update": number, "version": version, "reason": click.reason}
        sentence = f"{actor.name} approved {_called(update)}"
        return record(held, Kind.UPDATE_APPROVED, sentence, actor, Verb.APPROVE, payload)


def send_back(run_id: int, actor: Actor, click: Click, number: int) -> Event:
    """Back to the writer, with a reason."""
    if not click.reason:
        raise Refused("reason", "Say what should change before it is published.")
    with locked(run_id) as held:
        require(actor, held.run.migration_id, Verb.APPROVE)
        update = found(held, number, (Draft.WAITING, Draft.APPROVED))
        update.state, update.approver_id = Draft.DRAFT, None
        update.save()
        payload = {"update": number, "reason": click.reason}
        sentence = f"{actor.name} sent {_called(update)} back: {click.reason}"
        return record(held, Kind.UPDATE_RETURNED, sentence, actor, Verb.APPROVE, payload)


def drop(run_id: int, actor: Actor, number: int) -> None:
    """Throw a draft away. Its number is not given again."""
    with locked(run_id) as held:
        require(actor, held.run.migration_id, Verb.DRAFT)
        update = found(held, number, OPEN)
        update.state = Draft.DROPPED
        update.save()


def found(held: Locked, number: int, states: tuple[Draft, ...]) -> Update:
    """The update, if it is in one of `states`; else a refusal that says where it is."""
    update = Update.objects.filter(run=held.run, number=number).first()
    if update is None:
        raise Refused("unknown_update", f"This run has no update {number}.")
    if update.state not in states:
        raise Refused("wrong_state", f"Update {number} is {update.state}: look at it again.")
    return update


def _require_version(update: Update, version: int) -> None:
    if update.version != version:
        raise Refused(
            "conflict",
            f"Somebody changed update {update.number} meanwhile. Look at both texts, then go on.",
        )


def _require_headline(update: Update) -> None:
    if not update.headline.strip():
        raise Refused("headline", "An update needs a headline: one sentence that says it all.")


def _say(update: Update, words: Words) -> None:
    update.audience, update.template = words.audience, words.template[:40]
    update.headline, update.body = words.headline.strip()[:200], words.body.strip()[:5000]
    update.stage, update.impact = words.stage, words.impact
    update.components, update.next_in = dict(words.components), words.next_in


def _texts(update: Update) -> tuple[object, ...]:
    return (
        update.audience, update.headline, update.body, update.stage, update.impact,
        update.components, update.next_in,
    )  # fmt: skip


def _saved(update: Update) -> Saved:
    return Saved(update.number, update.version, Draft(update.state))


def _called(update: Update) -> str:
    return f'{update.audience} update {update.number}, "{update.headline}"'

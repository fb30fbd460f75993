"""Make a click count once, and refuse one that was made on an old screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.errors import Refused
from migrations_app.domain.timeline import digest
from migrations_app.models import Event, IdempotencyKey

if TYPE_CHECKING:
    from migrations_app.actions.lock import Locked
    from migrations_app.domain.actor import Actor, Click
    from migrations_app.domain.states import State, Verb


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a verb. `replayed`: this key was said before, nothing happened again."""

    run_id: int
    seq: int
    state: State
    revision: int
    sentence: str
    replayed: bool = False


def outcome(held: Locked, event: Event) -> Outcome:
    """The outcome of the verb that wrote `event`."""
    run = held.run
    return Outcome(run.pk, event.seq, held.state, run.revision, event.sentence)


def replayed(
    held: Locked, actor: Actor, click: Click, verb: Verb, about: object = None
) -> Outcome | None:
    """The first outcome of this key, if it was said before.

    A key stands for one verb about one thing: `about` is whatever else was said with it.
    """
    if not click.key:
        return None
    found = IdempotencyKey.objects.filter(actor=actor.name, key=click.key).first()
    if found is None:
        return None
    if (found.run_id, found.verb, found.digest) != (held.run.pk, verb.value, _digest(click, about)):
        raise Refused(
            "key_reused", "This idempotency key was used for something else. Use a new one."
        )
    event = Event.objects.get(run=held.run, seq=found.seq)
    return Outcome(
        held.run.pk, event.seq, held.state, held.run.revision, event.sentence, replayed=True
    )


def remember(
    held: Locked, actor: Actor, click: Click, verb: Verb, event: Event, about: object = None
) -> None:
    """Bind the click's key to what it did."""
    if click.key:
        IdempotencyKey.objects.create(
            key=click.key,
            actor=actor.name,
            run=held.run,
            verb=verb,
            digest=_digest(click, about),
            seq=event.seq,
        )


def require_fresh_screen(held: Locked, click: Click) -> None:
    """Refuse a click made on a screen that showed another revision."""
    if click.revision is not None and click.revision != held.run.revision:
        raise Refused("stale", "The room moved on since your screen was drawn. Look again.")


def _digest(click: Click, about: object) -> str:
    return digest({"reason": click.reason, "about": about})

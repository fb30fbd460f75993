"""Write an event: the next link of the run's chain, with its messages, in the same transaction."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from migrations_app.actions.outbox import announce
from migrations_app.domain.timeline import Entry, Kind, plain
from migrations_app.live.bell import bell
from migrations_app.models import Decision, Event, Gate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.actions.lock import Locked
    from migrations_app.domain.actor import Actor
    from migrations_app.domain.states import Verb


def record(
    held: Locked,
    kind: Kind,
    sentence: str,
    actor: Actor,
    verb: Verb | None = None,
    payload: Mapping[str, object] | None = None,
) -> Event:
    """Append one event. Its `delta` says which tracked fields of the run it changed, to what."""
    run = held.run
    run.seq += 1
    body = plain({**(payload or {}), "delta": held.changes()})
    entry = Entry(
        run=run.pk,
        seq=run.seq,
        at=held.now,
        kind=kind,
        verb=verb or "",
        actor=actor.name,
        leg=run.leg,
        phase=run.phase,
        revision=run.revision,
        sentence=str(plain(sentence[:1000])),
        payload=body,
        prev_hash=run.head_hash,
    )
    run.head_hash = entry.seal()
    event = Event.objects.create(
        run=run,
        seq=entry.seq,
        at=entry.at,
        kind=entry.kind,
        verb=entry.verb,
        actor=entry.actor,
        leg=entry.leg,
        phase=entry.phase,
        revision=entry.revision,
        sentence=entry.sentence,
        payload=entry.payload,
        prev_hash=entry.prev_hash,
        hash=run.head_hash,
    )
    announce(held, event)
    ring(run.pk)
    return event


def decide(
    event: Event,
    actor: Actor,
    verb: Verb,
    reason: str,
    gate: Gate | None = None,
) -> Decision:
    """Write down the decision behind `event`: who and why. What they saw is frozen in the event."""
    return Decision.objects.create(
        run_id=event.run_id,
        event=event,
        gate=gate,
        verb=verb,
        actor=actor.name,
        user_id=actor.user_id,
        via=actor.via,
        reason=reason[:500],
    )


def ring(run_id: int, what: str = "event") -> None:
    """Ring the live bell once this transaction is committed."""
    transaction.on_commit(partial(bell(settings.WARROOM_REDIS_URL).ring, run_id, what), robust=True)

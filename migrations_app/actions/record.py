"""Write an event: the next link of the run's chain, with its messages, in the same transaction."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from migrations_app.actions.outbox import announce
from migrations_app.domain.about import about, decision, learn
from migrations_app.domain.timeline import Entry, Kind, plain
from migrations_app.live.bell import bell
from migrations_app.models import Decision, Event, Gate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.actions.lock import Locked
    from migrations_app.domain.about import Fact
    from migrations_app.domain.actor import Actor
    from migrations_app.domain.states import Verb

log = logging.getLogger(__name__)


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
    delta = held.changes()
    body = plain({**(payload or {}), "delta": delta})
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
    transaction.on_commit(partial(_committed, entry, moved="revision" in delta), robust=True)
    return event


def _committed(entry: Entry, *, moved: bool) -> None:
    """Its kind in the log, and never its sentence: people write into that one."""
    facts: dict[str, Fact] = {"run": entry.run, "leg": entry.leg, "seq": entry.seq}
    if moved:
        facts["decision"] = decision(entry.run, entry.revision)
        learn(decision=facts["decision"])
    with about(**facts, by=entry.actor):
        log.info("%s", entry.kind)


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

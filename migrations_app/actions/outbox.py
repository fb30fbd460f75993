"""Put what an event has to tell into the outbox, in the event's own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.herald import Notice, notice
from migrations_app.domain.timeline import Kind
from migrations_app.models import ChannelPost, Delivery, Event
from migrations_app.models.clock import ClockTimestamp

if TYPE_CHECKING:
    from migrations_app.actions.lock import Locked


def announce(held: Locked, event: Event) -> None:
    """One delivery per channel that wants to know; the live message is due whatever happened."""
    channels = held.bound.channels
    if not channels:
        return
    told = notice(Kind(event.kind), event.sentence, event.actor, event.payload)
    wanting = [name for name in channels if told and _wants(held, name, told)]
    Delivery.objects.bulk_create(_delivery(event, name, told) for name in wanting if told)
    ChannelPost.objects.filter(run=held.run).update(due_at=ClockTimestamp(), handed_at=None)


def _wants(held: Locked, channel: str, told: Notice) -> bool:
    return told.topic in held.bound.topics(channel)


def _delivery(event: Event, channel: str, told: Notice) -> Delivery:
    return Delivery(
        run_id=event.run_id,
        channel=channel,
        key=f"{event.run_id}:{event.seq}:{channel}",
        seq=event.seq,
        style=told.style,
        tone=told.tone,
        headline=told.headline[:300],
        lines=list(told.lines),
        facts=[list(fact) for fact in told.facts],
    )

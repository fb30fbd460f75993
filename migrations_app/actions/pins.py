"""Pin an entry, or unpin it: worth finding again. Both are entries of their own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from migrations_app.actions import once
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.record import record
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import Verb, rule
from migrations_app.domain.timeline import Kind
from migrations_app.models import Event, Pin
from migrations_app.reads.access import require

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrations_app.domain.actor import Actor, Click

_SHORT = 120


def pin(run_id: int, actor: Actor, click: Click, seq: int) -> once.Outcome:
    """Pin entry `seq`. `click.reason` may say what for."""
    return _said(run_id, actor, click, ["pin", seq], partial(_pin, seq=seq))


def unpin(run_id: int, actor: Actor, click: Click, seq: int) -> once.Outcome:
    """Take the pin off entry `seq`."""
    return _said(run_id, actor, click, ["unpin", seq], partial(_unpin, seq=seq))


def _said(
    run_id: int, actor: Actor, click: Click, about: object,
    work: Callable[[Locked, Actor, str], Event],
) -> once.Outcome:  # fmt: skip
    with locked(run_id) as held:
        if done := once.replayed(held, actor, click, Verb.PIN, about):
            return done
        require(actor, held.run.migration_id, Verb.PIN)
        rule(held.state, Verb.PIN)
        event = work(held, actor, click.reason)
        once.remember(held, actor, click, Verb.PIN, event, about)
    return once.outcome(held, event)


def _pin(held: Locked, actor: Actor, why: str, *, seq: int) -> Event:
    entry = entry_of(held, seq)
    _, fresh = Pin.objects.get_or_create(
        event=entry, defaults={"run": held.run, "by": actor.name, "at": held.now}
    )
    if not fresh:
        raise Refused("pinned", f"Entry {seq} is pinned already.")
    sentence = f"{actor.name} pinned entry {seq}: {_short(entry.sentence)}"
    return record(held, Kind.PINNED, sentence, actor, Verb.PIN, {"about": seq, "reason": why})


def _unpin(held: Locked, actor: Actor, why: str, *, seq: int) -> Event:
    entry = entry_of(held, seq)
    taken_off, _ = Pin.objects.filter(event=entry).delete()
    if not taken_off:
        raise Refused("not_pinned", f"Entry {seq} is not pinned.")
    sentence = f"{actor.name} unpinned entry {seq}: {_short(entry.sentence)}"
    return record(held, Kind.UNPINNED, sentence, actor, Verb.PIN, {"about": seq, "reason": why})


def entry_of(held: Locked, seq: int) -> Event:
    """The entry of this run with this number. Refused where there is none."""
    found = Event.objects.filter(run=held.run, seq=seq).first()
    if found is None:
        raise Refused("unknown_entry", f"This run has no entry {seq}: its last is {held.run.seq}.")
    return found


def _short(sentence: str) -> str:
    return sentence if len(sentence) <= _SHORT else f"{sentence[: _SHORT - 1]}…"

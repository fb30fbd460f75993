"""A hold counts only while somebody looks: what went by unseen is added to it.

A source that answers "no data" was looked at; the gate and the criteria see to that. Here it is
about us: no worker, no poller, no database, and so no evaluation at all.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.actions.record import record
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.duration import spoken
from migrations_app.domain.states import State
from migrations_app.domain.timeline import Kind
from migrations_app.models import SourceTick
from migrations_app.reads.gate import watched

if TYPE_CHECKING:
    from migrations_app.actions.lock import Locked
    from migrations_app.models import Event


def blind(held: Locked) -> bool:
    """Whether the run is in a hold that nobody watches just now, so that it can't be over yet."""
    ticks = SourceTick.objects.filter(run=held.run, source__in=_sources(held))
    return any(_silence(held, tick) for tick in ticks)


def make_up(held: Locked, tick: SourceTick) -> Event | None:
    """`tick` is answered again, for the first time since `tick.done_at`. A gap of more than two
    intervals is added to the hold, and said."""
    silence = _silence(held, tick) if tick.source in _sources(held) else timedelta(0)
    if not silence or held.run.hold_from is None:
        return None
    held.run.hold_from += silence
    held.run.wake_at = held.run.hold_from + held.phase.hold
    payload = {"source": tick.source, "seconds": silence}
    sentence = (
        f"Nobody looked at {tick.source} for {spoken(silence)}: the hold lasts so much longer"
    )
    return record(held, Kind.UNWATCHED, sentence, ENGINE, payload=payload)


def _sources(held: Locked) -> set[str]:
    """Of the checks that the phase is held for: those its gate asks for, and the abort criteria."""
    if held.state is not State.BAKING or not held.phase.hold:
        return set()
    asked = held.phase.gate.checks
    return {held.bound.check(one).source for one in (*asked, *watched(held.bound, asked))}


def _silence(held: Locked, tick: SourceTick) -> timedelta:
    """How long nobody has looked by now, within the hold; zero if that is no gap."""
    start = held.run.hold_from
    if start is None:
        return timedelta(0)
    gap = held.now - max(start, tick.done_at or start)
    return gap if gap > 2 * tick.interval else timedelta(0)

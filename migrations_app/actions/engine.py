"""What the engine decides by itself: settle, open the gate, expire it, advance, hold, freeze."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.actions.drain import draining
from migrations_app.actions.evidence import freeze as frozen_evidence
from migrations_app.actions.flips import still_open, stop
from migrations_app.actions.gate import finish
from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.phases import close_gate, enter
from migrations_app.actions.record import decide, record
from migrations_app.actions.steps import tick as tick_step
from migrations_app.actions.watch import blind
from migrations_app.actions.way_back import way_back
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.plan.phase import Action, Step
from migrations_app.domain.states import WATCHED, State, Verb
from migrations_app.domain.timeline import Kind
from migrations_app.models import Event, Gate
from migrations_app.reads.gate import gate_view, steps_done

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


_LOOK_AGAIN = timedelta(seconds=0.5)


def tick(run_id: int) -> Event | None:
    """Look at a run once and do the one thing that is due, if any. Safe to call at any time."""
    with locked(run_id) as held:
        due = _DUE.get(held.state)
        event = due(held) if due else None
        if due is None:
            held.run.wake_at = None
    return event


def settle(held: Locked) -> Event | None:
    """Every weight is confirmed, and what was left is empty or has had its time: the hold begins,
    or goes on where a hold left it."""
    run = held.run
    if held.state is not State.SHIFTING or still_open(held) or held.latched():
        return None
    if draining(held):
        run.wake_at = held.now + _LOOK_AGAIN
        return None
    held.move(Verb.SETTLE)
    if run.hold_from is None:
        run.settled_at = run.hold_from = held.now
    run.wake_at = run.hold_from + held.phase.hold
    sentence = f"{held.phase.title or held.phase.name}: every weight is confirmed"
    return record(held, Kind.SETTLED, sentence, ENGINE, Verb.SETTLE)


def restore(held: Locked) -> Event | None:
    """Every route is confirmed at its baseline: the leg is over."""
    if held.state is not State.ROLLING_BACK or still_open(held):
        return None
    held.move(Verb.RESTORE, held.run.why)
    held.run.wake_at = None
    payload, sentence = way_back(held)
    return record(held, Kind.RESTORED, sentence, ENGINE, Verb.RESTORE, payload)


def hold(run_id: int, why: str, code: str) -> Event | None:
    """Stop where the run is, because the engine can't vouch for going on. None if it can't go on
    anyway."""
    with locked(run_id) as held:
        if held.state not in WATCHED - {State.HELD}:
            return None
        held.move(Verb.HOLD, why)
        held.run.hold_from = None
        return _stop(held, Kind.HELD, f"Held: {why}", Verb.HOLD, {"code": code})


def freeze(run_id: int, why: str, seen: Mapping[str, object]) -> Event | None:
    """An abort criterion tripped past the point of no return: weights stay, people decide."""
    with locked(run_id) as held:
        if held.state not in WATCHED or held.latched():
            return None
        held.move(Verb.FREEZE, why)
        payload = {"seen": seen, "evidence": frozen_evidence(held)}
        return _stop(held, Kind.FROZEN, f"Frozen: {why}", Verb.FREEZE, payload)


def _stop(
    held: Locked, kind: Kind, sentence: str, verb: Verb, payload: Mapping[str, object]
) -> Event:
    close_gate(held, kind.value)
    weights = stop(held)
    held.run.wake_at = None
    return record(held, kind, sentence, ENGINE, verb, {**payload, "weights": weights})


def _bake(held: Locked) -> Event | None:
    if (event := _wait_steps(held)) is not None:
        return event
    over = _over(held)
    if over is None or over > held.now:
        held.run.wake_at = _next(held, over)
        return None
    if blind(held):
        held.run.wake_at = held.now + _LOOK_AGAIN
        return None
    return _open_gate(held)


def _over(held: Locked) -> datetime | None:
    start = held.run.hold_from
    return None if start is None else start + held.phase.hold


def _open_gate(held: Locked) -> Event:
    gate = Gate.objects.get(run=held.run, closed_at=None)
    spec = held.phase.gate
    gate.opened_at = held.now
    gate.deadline_at = None if spec.deadline is None else held.now + spec.deadline
    gate.save(update_fields=["opened_at", "deadline_at"])
    held.move(Verb.OPEN_GATE)
    held.run.wake_at = held.now if spec.auto_advance else _next(held, gate.deadline_at)
    payload = {"round": gate.round, "deadline_at": gate.deadline_at}
    sentence = f"Gate {held.run.phase + 1} is open"
    return record(held, Kind.GATE_OPENED, sentence, ENGINE, Verb.OPEN_GATE, payload)


def _at_gate(held: Locked) -> Event | None:
    if (event := _wait_steps(held)) is not None:
        return event
    gate = Gate.objects.get(run=held.run, closed_at=None)
    if gate.deadline_at is not None and gate.deadline_at <= held.now:
        return _expire(held)
    if not held.phase.gate.auto_advance:
        held.run.wake_at = _next(held, gate.deadline_at)
        return None
    return _auto_advance(held)


def _expire(held: Locked) -> Event:
    held.move(Verb.EXPIRE, "nobody decided before the deadline")
    payload = {"evidence": frozen_evidence(held)}
    close_gate(held, "expired")
    held.run.wake_at = None
    sentence = f"No-Go: gate {held.run.phase + 1} closed at its deadline, nobody decided"
    return record(held, Kind.GATE_EXPIRED, sentence, ENGINE, Verb.EXPIRE, payload)


def _auto_advance(held: Locked) -> Event | None:
    """Go by itself once the gate needs nothing more; never into a point of no return."""
    following = held.run.phase + 1
    last = following >= len(held.plan.phases)
    view = gate_view(held.run, held.now, decider=None)
    unsafe = not last and held.plan.phases[following].point_of_no_return
    if view is None or view.needs or unsafe or held.latched():
        held.run.wake_at = held.now + _LOOK_AGAIN
        return None
    verb = Verb.AUTO_COMPLETE if last else Verb.ADVANCE
    held.move(verb)
    payload = {"evidence": frozen_evidence(held), "round": view.round}
    gate = close_gate(held, "auto")
    sentence = "Completed by itself" if last else f"Gate {held.run.phase + 1} passed by itself"
    kind = Kind.COMPLETED if last else Kind.ADVANCED
    event = record(held, kind, sentence, ENGINE, verb, payload)
    decide(event, ENGINE, verb, "auto_advance", gate)
    if last:
        finish(held)
    else:
        held.run.hold_from = None
        enter(held, following, ENGINE)
    return event


def _wait_steps(held: Locked) -> Event | None:
    """Complete a `wait` step whose time is over."""
    for step, over in _waits(held):
        if over <= held.now:
            return tick_step(held, ENGINE, step, "waited")
    return None


def _next(held: Locked, moment: datetime | None) -> datetime | None:
    """When to look again: at `moment`, or when a `wait` step is over, whichever is first."""
    moments = [over for _, over in _waits(held)]
    if moment is not None:
        moments.append(moment)
    return min(moments, default=None)


def _waits(held: Locked) -> list[tuple[Step, datetime]]:
    """The phase's `wait` steps that are not done, with the moment each is over."""
    start = held.run.phase_entered_at or held.now
    done = steps_done(held.run)
    waits = [step for step in held.phase.steps if step.action is Action.WAIT]
    return [(step, start + step.expected) for step in waits if step.name not in done]


_DUE = {
    State.SHIFTING: settle,
    State.BAKING: _bake,
    State.GATE: _at_gate,
    State.ROLLING_BACK: restore,
}

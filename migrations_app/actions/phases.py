"""Enter a phase: close the old gate, ask for the weights, prepare a fresh gate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Max

from migrations_app.actions import flips
from migrations_app.actions.record import record
from migrations_app.domain.timeline import Kind
from migrations_app.domain.weights import forward
from migrations_app.models import Event, Gate

if TYPE_CHECKING:
    from migrations_app.actions.lock import Locked
    from migrations_app.domain.actor import Actor


def enter(held: Locked, phase: int, actor: Actor, *, every: bool = False) -> Event:
    """Enter the phase with this index. The run was already moved to SHIFTING by its verb.

    `every`: read back every route before it counts as entered, as at a start or a resume.
    """
    run = held.run
    run.phase = phase
    run.phase_entered_at = held.now
    run.wake_at = held.now
    moves = forward(held.plan, phase, flips.desired(held), every=every)
    weights = flips.request(held, moves, "forward")
    number = fresh_gate(held)
    spec = held.phase
    payload = {"name": spec.name, "weights": weights, "gate_round": number}
    sentence = f"Phase {phase + 1}/{len(held.plan.phases)} {spec.title or spec.name} entered"
    return record(held, Kind.PHASE_ENTERED, sentence, actor, payload=payload)


def fresh_gate(held: Locked) -> int:
    """A new round of the current phase's gate, not open yet. Returns its number."""
    run = held.run
    close_gate(held, "superseded")
    earlier = Gate.objects.filter(run=run, leg=run.leg, phase=run.phase)
    number = (earlier.aggregate(last=Max("round"))["last"] or 0) + 1
    Gate.objects.create(run=run, leg=run.leg, phase=run.phase, round=number)
    return number


def close_gate(held: Locked, outcome: str) -> Gate | None:
    """Close the run's gate, if one is there. Nothing can be signed at it any more."""
    gate = Gate.objects.filter(run=held.run, closed_at=None).first()
    if gate is not None:
        gate.closed_at, gate.outcome = held.now, outcome
        gate.save(update_fields=["closed_at", "outcome"])
    return gate

"""What the room waits for now, put together from what it shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.domain.owing import StepWait, Waits
from migrations_app.domain.states import WATCHED, State, spoken

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from migrations_app.domain.plan.people import Role
    from migrations_app.models import Run
    from migrations_app.reads.room.gate import GateBox
    from migrations_app.reads.room.offers import OfferView
    from migrations_app.reads.room.steps import StepView

_TO_DECIDE = {
    State.HELD: "how to go on: resume, or roll back",
    State.FROZEN: "how to go on: resume, or roll back by name",
    State.ROLLED_BACK: "what becomes of the run: resume at a phase, or call it off",
}


SOON = timedelta(minutes=10)
"""How long before its time a promised update is waited for."""


@dataclass(frozen=True, slots=True)
class Told:
    """What else stands open at `now`: roles that are offered, and the next promise of an update."""

    now: datetime
    offers: tuple[OfferView, ...]
    promised_at: datetime | None


@dataclass(frozen=True, slots=True)
class Manned:
    """Who decides, and which roles nobody active holds."""

    deciders: Collection[str]
    vacant: Collection[Role]


def waits(
    run: Run, gate: GateBox | None, steps: Sequence[StepView], told: Told, manned: Manned
) -> Waits:
    """What is waited for, by the state the run is in."""
    state = State(run.state)
    signing = gate if state is State.GATE else None
    return Waits(
        unsigned=signing.unsigned if signing else (),
        signed=_spared(signing, manned) if signing else (),
        strict=signing.auto_advance if signing else False,
        steps=_steps(steps) if state in WATCHED else (),
        decision=_decision(state, gate, run.phase),
        update_due_at=_soon(told),
        offers={one.taker: _offer(one) for one in told.offers},
        vacant=manned.vacant,
    )


def _spared(gate: GateBox, manned: Manned) -> list[str]:
    """Whose signature would not help: they gave it, or are not the second pair of eyes."""
    signed = [one.by for one in gate.signatures]
    return [*signed, *manned.deciders] if gate.second else signed


def _offer(one: OfferView) -> str:
    return f"an answer to {one.giver}, who offers the role {spoken(one.role)}"


def _steps(steps: Sequence[StepView]) -> list[StepWait]:
    return [
        StepWait(one.name, one.title, one.owner, one.taken_by, one.overdue_at)
        for one in steps
        if one.by_hand and not one.done_by
    ]


def _decision(state: State, gate: GateBox | None, phase: int) -> str:
    """What the DRI is waited for; nothing yet while Go waits for others, or for a check."""
    if state is not State.GATE:
        return _TO_DECIDE.get(state, "")
    if gate is None or gate.auto_advance or any(not need.overridable for need in gate.needs):
        return ""
    return f"the decision at gate {phase + 1}: Go or No-Go"


def _soon(told: Told) -> datetime | None:
    """When the next update is promised, once its time has nearly come."""
    at = told.promised_at
    return at if at is not None and at - told.now <= SOON else None

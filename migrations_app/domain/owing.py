"""What a room waits for, and from whom. The screen and the nudge ask the same function."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import spoken

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime


class Subject(StrEnum):
    """What somebody can be asked for."""

    SIGN_OFF = "sign_off"
    STEP = "step"
    UPDATE = "update"
    HANDOVER = "handover"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Owed:
    """One thing a person is waited for. `about` is its stable name: a subject, `step:<name>`.

    `standing_in`: somebody else owes it first, and this person backs them up. `due_at`: when it
    was promised, or expected; None where nobody said.
    """

    about: str
    what: str
    standing_in: bool = False
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepWait:
    """A step that a person has to do. `taken_by` is empty while nobody is at it."""

    name: str
    title: str
    owner: Role
    taken_by: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Waits:
    """What a room waits for. `offers`: who has to answer an offer, and what it is.

    `unsigned`: roles whose sign-off would help; `signed`: whose would not, above all because they
    signed already. `strict`: of the DRI
    only the holder's sign-off counts. `decision`: what the DRI has to decide, empty for nothing.
    `vacant`: roles that nobody active holds, so that whoever backs them up is asked instead.
    """

    unsigned: Collection[Role] = ()
    signed: Collection[str] = ()
    strict: bool = False
    steps: Sequence[StepWait] = ()
    decision: str = ""
    update_due_at: datetime | None = None
    offers: Mapping[str, str] | None = None
    vacant: Collection[Role] = ()


@dataclass(frozen=True, slots=True)
class Chair:
    """One person in one role. `first`: the first of theirs, where what is asked of them whatever
    their role is told once."""

    name: str
    role: Role
    backup: bool
    first: bool


def owed(chair: Chair, waits: Waits) -> tuple[Owed, ...]:
    """What the room waits for from a person in a role, the most pressing first."""
    spared = chair.backup and chair.role not in waits.vacant
    return (
        *_decision(chair, waits),
        *_handover(chair, waits),
        *_sign_off(chair, waits, spared=spared),
        *_steps(chair, waits, spared=spared),
        *_update(chair, waits, spared=spared),
    )


def _decision(chair: Chair, waits: Waits) -> list[Owed]:
    if not waits.decision or chair.role is not Role.DRI or chair.backup:
        return []
    return [Owed(Subject.DECISION, waits.decision)]


def _handover(chair: Chair, waits: Waits) -> list[Owed]:
    offer = (waits.offers or {}).get(chair.name)
    return [Owed(Subject.HANDOVER, offer)] if offer and chair.first else []


def _sign_off(chair: Chair, waits: Waits, *, spared: bool) -> list[Owed]:
    barred = waits.strict and chair.backup and chair.role is Role.DRI
    if chair.role not in waits.unsigned or chair.name in waits.signed or barred:
        return []
    return [Owed(Subject.SIGN_OFF, f"the sign-off for {spoken(chair.role)}", spared)]


def _steps(chair: Chair, waits: Waits, *, spared: bool) -> list[Owed]:
    """A step that was taken is owed by who took it; else by who has its role."""
    return [
        Owed(
            f"{Subject.STEP}:{step.name}", f'step "{step.title}"',
            spared and not step.taken_by, step.due_at,
        )
        for step in waits.steps
        if _at(chair, step)
    ]  # fmt: skip


def _at(chair: Chair, step: StepWait) -> bool:
    if step.taken_by:
        return chair.first and step.taken_by == chair.name
    return step.owner is chair.role


def _update(chair: Chair, waits: Waits, *, spared: bool) -> list[Owed]:
    if waits.update_due_at is None or chair.role is not Role.COMMS_LEAD:
        return []
    return [Owed(Subject.UPDATE, "the promised update", spared, waits.update_due_at)]

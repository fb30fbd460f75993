"""A run's story: everything that follows from its timeline, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from migrations_app.domain.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class GateStory:
    """One round of a phase's gate. `outcome` is empty while it is not closed."""

    leg: int
    phase: int
    round: int
    opened_at: datetime | None = None
    deadline_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Signature:
    """One person's agreement in one round of a gate."""

    leg: int
    phase: int
    round: int
    user_id: int
    role: str
    at: datetime


@dataclass(frozen=True, slots=True)
class StepStory:
    """A step that was completed."""

    leg: int
    phase: int
    name: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Story:
    """Where a run is and how it got there. Weights are GREEN's share in percent, per route.

    `desired`: what ought to be. `confirmed`: what was last read back as asked for.
    `plan_sha256`: of the plan it executes. The defaults are a run before its first entry.
    """

    state: State = State.PLANNED
    leg: int = 1
    phase: int = -1
    revision: int = 0
    why: str = ""
    settled_at: datetime | None = None
    hold_from: datetime | None = None
    phase_entered_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    plan_sha256: str = ""
    desired: Mapping[str, Decimal] = field(default_factory=dict)
    confirmed: Mapping[str, Decimal] = field(default_factory=dict)
    gates: tuple[GateStory, ...] = ()
    sign_offs: tuple[Signature, ...] = ()
    steps: tuple[StepStory, ...] = ()


def differences(told: Story, found: Story) -> list[str]:
    """A sentence for everything in which the timeline (`told`) and the tables (`found`) differ."""
    pairs = [(one.name, getattr(told, one.name), getattr(found, one.name)) for one in fields(Story)]
    return [
        f"{name.replace('_', ' ')}: the timeline leads to {one!s}, the tables hold {other!s}"
        for name, one, other in pairs
        if one != other
    ]

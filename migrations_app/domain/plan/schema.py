"""The plan of a migration, as a runbook writes it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import Field, StrictInt

from migrations_app.domain.plan.base import Duration, Line, Name, Strict, Text, Username, Weight
from migrations_app.domain.plan.check import Check
from migrations_app.domain.plan.comms import Comms
from migrations_app.domain.plan.environment import Environment
from migrations_app.domain.plan.objectives import Objectives
from migrations_app.domain.plan.people import Role
from migrations_app.domain.plan.phase import Phase
from migrations_app.domain.plan.rollback import RollbackPlan

if TYPE_CHECKING:
    from collections.abc import Sequence


class Moves(StrEnum):
    """What a route's weight is a percentage of."""

    SHARE = "share"  # GREEN serves so much
    MIRROR = "mirror"  # so much is copied to GREEN, whose answers nobody gets
    SWITCH = "switch"  # no traffic at all: something that is off (0) or on (100) for a while


class Route(Strict):
    """One traffic plane to move. `baseline` is GREEN's share when everything is on BLUE.

    Rolling back moves the lowest `rank` first; routes of the same rank move at once. `drain` is
    how long a phase waits, once its weights are confirmed, for what is still under way on the side
    that gets nothing new; nothing is ever cut off.
    """

    name: Name
    title: Line | None = None
    rank: StrictInt = 0
    baseline: Weight = Decimal(0)
    moves: Moves = Moves.SHARE
    drain: Duration = timedelta(0)


class AbortCriterion(Strict):
    """A check whose FAIL rolls back without asking, in every phase.

    `from_phase` starts it later; `phases` names the only phases where it counts.
    """

    check: Name
    from_phase: Name | None = None
    phases: tuple[Name, ...] = ()

    def counts(self, names: Sequence[str], phase: int) -> bool:
        """Whether it counts in the phase with this index, of phases called `names`."""
        if self.phases:
            return names[phase] in self.phases
        return self.from_phase is None or self.from_phase in names[: phase + 1]


class Topic(StrEnum):
    """What a channel may be told."""

    PHASES = "phases"
    DECISIONS = "decisions"
    GATES = "gates"
    VERDICTS = "verdicts"
    ROLLBACKS = "rollbacks"
    STEPS = "steps"
    DRIFT = "drift"
    UPDATES = "updates"


class Plan(Strict):
    """Everything agreed before the night. Which names exist where is lint's business."""

    migration: Name
    title: Line
    strategy: Line = "canary"
    summary: Text = ""
    objectives: Objectives = Objectives()
    roles: dict[Role, tuple[Username, ...]] = Field(default_factory=dict)
    routes: tuple[Route, ...] = ()
    checks: tuple[Check, ...] = ()
    abort: tuple[AbortCriterion, ...] = ()
    phases: tuple[Phase, ...] = ()
    rollback: RollbackPlan = RollbackPlan()
    channels: dict[Name, tuple[Topic, ...]] = Field(default_factory=dict)
    comms: Comms = Comms()
    environments: dict[Name, Environment] = Field(default_factory=dict)

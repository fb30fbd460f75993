"""Phases and their steps."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from migrations_app.domain.plan.base import (
    Config,
    Duration,
    Flag,
    Line,
    Name,
    Strict,
    Text,
    Weight,
)
from migrations_app.domain.plan.gate import Gate
from migrations_app.domain.plan.people import Role


class StepKind(StrEnum):
    """Ticked by a person, or done by the engine."""

    MANUAL = "manual"
    ACTION = "action"


class Action(StrEnum):
    """What the engine does in a step of kind `action`."""

    TRAFFIC = "traffic"
    FLAG = "flag"
    HTTP = "http"
    SQL = "sql"
    WAIT = "wait"
    PAGE = "page"
    NOTIFY = "notify"


class AbortPolicy(StrEnum):
    """What a fired abort criterion does in this phase."""

    ROLLBACK = "rollback"
    FREEZE = "freeze"  # hold the weights where they are, and page


class Step(Strict):
    """One thing to do. `expected` is how long it takes; for `wait`, how long to wait."""

    name: Name
    title: Line | None = None
    kind: StepKind = StepKind.MANUAL
    action: Action | None = None
    config: Config = Field(default_factory=dict)
    owner: Role = Role.DRI
    expected: Duration = timedelta(0)
    instructions: Text = ""

    @model_validator(mode="after")
    def _action_fits(self) -> Self:
        if (self.kind is StepKind.ACTION) != (self.action is not None):
            raise ValueError("a step of kind `action` says which `action`, and no other step does")
        return self


class Phase(Strict):
    """An ordered stage: move these routes to these weights, do the steps, hold, then the gate.

    Routes not in `weights` keep theirs. Routes move in the order the plan declares them, unless
    `order` names another. `hold` counts from the moment the weights are confirmed. After a rollback
    a run may be resumed at any phase that is `resumable`.
    """

    name: Name
    title: Line | None = None
    summary: Text = ""
    weights: dict[Name, Weight] = Field(default_factory=dict)
    order: tuple[Name, ...] = ()
    steps: tuple[Step, ...] = ()
    hold: Duration = timedelta(0)
    gate: Gate = Gate()
    abort_policy: AbortPolicy = AbortPolicy.ROLLBACK
    point_of_no_return: Flag = False
    resumable: Flag = True

    @property
    def expected(self) -> timedelta:
        """How long the phase takes when everything goes well."""
        return self.hold + sum((step.expected for step in self.steps), timedelta(0))

"""How everything gets back to BLUE."""

from __future__ import annotations

from datetime import timedelta

from migrations_app.domain.plan.base import Duration, Line, Name, Strict, Text
from migrations_app.domain.plan.people import Role


class RollbackStep(Strict):
    """One thing people do around the automatic return of the weights."""

    name: Name
    title: Line | None = None
    owner: Role = Role.DRI
    expected: Duration = timedelta(0)
    instructions: Text = ""


class RollbackPlan(Strict):
    """The engine puts every route back to its baseline first, lowest rank first, equal ranks at
    once; the steps follow. `expected` is the whole of it, the sum of the steps if not given."""

    steps: tuple[RollbackStep, ...] = ()
    expected: Duration | None = None
    drain: Text = ""

    @property
    def total(self) -> timedelta:
        """Until the last step is done; never less than the steps together."""
        steps = sum((step.expected for step in self.steps), timedelta(0))
        return max(steps, self.expected or timedelta(0))

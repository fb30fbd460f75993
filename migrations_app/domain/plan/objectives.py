"""What the migration promises while it runs."""

from __future__ import annotations

from pydantic import Field

from migrations_app.domain.plan.base import Duration, Line, Name, Strict


class ErrorBudget(Strict):
    """How much of the error budget this migration may spend: `share` of it within `window`."""

    share: Line  # a quantity, "10 %"
    window: Duration


class Objectives(Strict):
    """`slo` maps a name to a quantity (`availability: 99.9 %`, `p99: 400 ms`).

    `rto`: how long until traffic is back on the baseline. `rpo`: how much written data may be lost.
    """

    slo: dict[Name, Line] = Field(default_factory=dict)
    error_budget: ErrorBudget | None = None
    rpo: Duration | None = None
    rto: Duration | None = None

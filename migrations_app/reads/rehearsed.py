"""Is the way back rehearsed: measured, and within the RTO, before production needs it?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.duration import spoken
from migrations_app.domain.plan.environment import EnvironmentKind
from migrations_app.reads.walked import Walked, measured

if TYPE_CHECKING:
    from datetime import timedelta

    from migrations_app.domain.plan.bind import BoundPlan


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What is known of the way back before a run in production. `best`: the fastest rehearsal.

    `rto`: within which it has to be, None where the plan promises nothing.
    """

    newest: Walked | None
    best: Walked | None
    count: int
    rto: timedelta | None

    @property
    def well(self) -> bool:
        """Whether a rehearsal was measured within the RTO, or at all where there is none."""
        return self.best is not None and (self.rto is None or self.best.took <= self.rto)

    @property
    def sentence(self) -> str:
        """What to say of it before a start."""
        if self.best is None or self.newest is None:
            return (
                "the way back was never measured in a rehearsal: roll one back before production "
                "needs it"
            )
        times = "once" if self.count == 1 else f"{self.count} times"
        best = f"{spoken(self.best.took)} from {self.best.since}"
        told = f"measured {times} in rehearsals, at best {best}"
        if self.rto is None:
            return f"{told}; the plan promises no RTO to hold it against"
        if not self.well:
            return f"{told}, but the RTO is {spoken(self.rto)}: rehearse until it is within"
        return f"{told}, within the RTO of {spoken(self.rto)}"


def rehearsed(slug: str, bound: BoundPlan) -> Rehearsed | None:
    """Of the migration called `slug`. None for a rehearsal, which is where it is measured."""
    if bound.kind is not EnvironmentKind.PRODUCTION:
        return None
    found = [one for one in measured(slug) if one.kind == EnvironmentKind.REHEARSAL]
    best = min(found, key=lambda one: one.took, default=None)
    return Rehearsed(next(iter(found), None), best, len(found), bound.plan.objectives.rto)

"""How far a run is, and how late: from its plan and its own row alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.domain.states import LIVE, State

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.models import Run


@dataclass(frozen=True, slots=True)
class Pace:
    """`phase` of `phases`, 0 before the start, with its name.

    `late`: how long after its planned time the phase was entered; None where the plan's times say
    nothing, as in a later leg. `due_at`: when the next phase ought to have begun, once that makes
    the run later than `late`. `hold_until`: when the hold that runs now is over.
    """

    phase: int
    phases: int
    name: str
    late: timedelta | None
    due_at: datetime | None
    hold_until: datetime | None


def pace(run: Run, bound: BoundPlan, now: datetime) -> Pace:
    """The pace of a run at `now`."""
    phases = bound.plan.phases
    if run.phase < 0:
        return Pace(0, len(phases), "", None, None, None)
    here = phases[run.phase]
    late = _late(run, bound)
    return Pace(
        phase=run.phase + 1,
        phases=len(phases),
        name=here.title or here.name,
        late=late or None,
        due_at=None if late is None else _due(run, bound, late, now),
        hold_until=_hold_until(run, here.hold),
    )


def _planned(run: Run, bound: BoundPlan, phase: int) -> datetime | None:
    """When the phase with this index was to be entered."""
    before = (one.expected for one in bound.plan.phases[:phase])
    return None if run.started_at is None else run.started_at + sum(before, timedelta(0))


def _late(run: Run, bound: BoundPlan) -> timedelta | None:
    planned = _planned(run, bound, run.phase)
    if run.leg > 1 or planned is None or run.phase_entered_at is None:
        return None
    return max(timedelta(0), run.phase_entered_at - planned)


def _due(run: Run, bound: BoundPlan, late: timedelta, now: datetime) -> datetime | None:
    if State(run.state) not in LIVE or run.phase + 1 >= len(bound.plan.phases):
        return None
    due = _planned(run, bound, run.phase + 1)
    return due if due is not None and now - due > late else None


def _hold_until(run: Run, hold: timedelta) -> datetime | None:
    baking = run.state == State.BAKING and run.hold_from is not None
    return run.hold_from + hold if baking and run.hold_from is not None else None

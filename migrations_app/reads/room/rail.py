"""The phase rail: what was planned, what was entered, and how long the hold still runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.domain.states import LIVE, State
from migrations_app.models import Decision, Gate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from decimal import Decimal

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.phase import Phase
    from migrations_app.models import Run

_PASSED = ("go", "auto")


@dataclass(frozen=True, slots=True)
class PhaseView:
    """One phase. `place` is `done`, `here` or `ahead`; `planned_at` None before the start.

    `late`: how long after its planned time it was entered; None in a later leg, where the plan's
    times have lost their meaning.
    """

    number: int
    name: str
    title: str
    place: str
    weights: Mapping[str, Decimal]
    hold: timedelta
    planned_at: datetime | None
    entered_at: datetime | None
    late: timedelta | None
    point_of_no_return: bool
    freezes: bool
    resumable: bool


@dataclass(frozen=True, slots=True)
class Rail:
    """All phases. `late`: how late the current phase was entered.

    `due_at`: when the next phase ought to have begun, once that makes the run later than `late`.

    `hold_from` and `hold_until` are the current hold's ends, None while none is running.
    """

    phases: tuple[PhaseView, ...]
    here: PhaseView | None
    following: PhaseView | None
    no_return: PhaseView | None
    hold_from: datetime | None
    hold_until: datetime | None
    late: timedelta | None
    due_at: datetime | None

    @property
    def last(self) -> bool:
        """Whether the current phase is the last one."""
        return self.here is not None and self.following is None


def rail(run: Run, bound: BoundPlan, now: datetime) -> Rail:
    """The rail of `run`, which may not have started yet."""
    entered = _entered(run)
    phases = tuple(
        _phase(run, number, spec, planned, entered.get(number))
        for number, (spec, planned) in enumerate(_planned(run, bound))
    )
    here = phases[run.phase] if 0 <= run.phase < len(phases) else None
    ahead = phases[run.phase + 1 :]
    return Rail(
        phases=phases,
        here=here,
        following=ahead[0] if ahead else None,
        no_return=next((phase for phase in phases if phase.point_of_no_return), None),
        hold_from=run.hold_from if run.state == State.BAKING else None,
        hold_until=_hold_until(run, here),
        late=here.late if here else None,
        due_at=_due(run, here, ahead, now),
    )


def _phase(
    run: Run, number: int, spec: Phase, planned: datetime | None, entered: datetime | None
) -> PhaseView:
    return PhaseView(
        number=number + 1,
        name=spec.name,
        title=spec.title or spec.name,
        place=_place(run, number),
        weights=spec.weights,
        hold=spec.hold,
        planned_at=planned,
        entered_at=entered,
        late=_late(run, planned, entered),
        point_of_no_return=spec.point_of_no_return,
        freezes=spec.abort_policy == "freeze",
        resumable=spec.resumable,
    )


def _place(run: Run, number: int) -> str:
    if number < run.phase or run.state == State.COMPLETED:
        return "done"
    return "here" if number == run.phase else "ahead"


def _planned(run: Run, bound: BoundPlan) -> list[tuple[Phase, datetime | None]]:
    """Each phase with the moment it is to be entered if everything takes as long as planned."""
    moment, planned = run.started_at, []
    for spec in bound.plan.phases:
        planned.append((spec, moment))
        moment = None if moment is None else moment + spec.expected
    return planned


def _entered(run: Run) -> dict[int, datetime]:
    """When each phase of this leg was entered, by index: at the passing of the gate before it."""
    gates = Gate.objects.filter(run=run, leg=run.leg, outcome__in=_PASSED)
    entered = {
        phase + 1: closed
        for phase, closed in gates.values_list("phase", "closed_at").order_by("id")
        if closed is not None
    }
    begun = Decision.objects.filter(run=run, verb__in=("start", "resume"), event__leg=run.leg)
    first = begun.order_by("id").values_list("event__at", flat=True).first()
    if run.phase_entered_at is not None:
        entered[run.phase] = run.phase_entered_at
    if first is not None and run.leg == 1:
        entered.setdefault(0, first)
    return entered


def _hold_until(run: Run, here: PhaseView | None) -> datetime | None:
    if here is None or run.hold_from is None or run.state != State.BAKING:
        return None
    return run.hold_from + here.hold


def _late(run: Run, planned: datetime | None, entered: datetime | None) -> timedelta | None:
    if run.leg > 1 or planned is None or entered is None:
        return None
    return max(timedelta(0), entered - planned)


def _due(
    run: Run, here: PhaseView | None, ahead: tuple[PhaseView, ...], now: datetime
) -> datetime | None:
    if here is None or here.late is None or not ahead or State(run.state) not in LIVE:
        return None
    due = ahead[0].planned_at
    return due if due is not None and now - due > here.late else None

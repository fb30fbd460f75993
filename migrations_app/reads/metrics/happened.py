"""What happened on the axis of a run: its phases, decisions and confirmed weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.chart import Band, Mark
from migrations_app.domain.timeline import Kind
from migrations_app.models import Event

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.domain.chart import Window
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.models import Run

MOST: Final = 400
"""How many of the newest are drawn: a run that moves for days would be nothing but marks."""

_DECISIONS: Final = {
    Kind.STARTED: "Start", Kind.GO: "Go", Kind.ADVANCED: "Go by itself", Kind.NO_GO: "No-Go",
    Kind.ROLLBACK: "Roll back", Kind.RESUMED: "Resume", Kind.HELD: "Held", Kind.FROZEN: "Frozen",
    Kind.GATE_EXPIRED: "Expired", Kind.COMPLETED: "Completed", Kind.RESTORED: "On BLUE",
}  # fmt: skip


def happened(run: Run) -> list[Event]:
    """Oldest first, in one query."""
    kinds = [*_DECISIONS, Kind.WEIGHT_CONFIRMED, Kind.PHASE_ENTERED]
    rows = Event.objects.filter(run=run, kind__in=kinds).order_by("-seq")[:MOST]
    return list(reversed(rows))


def bands(told: Sequence[Event], bound: BoundPlan, whole: Window) -> tuple[Band, ...]:
    """Each phase from where it was entered to where the next one was."""
    entered = [row for row in told if row.kind == Kind.PHASE_ENTERED]
    ends = [row.at for row in entered[1:]] + [whole.end]
    phases = bound.plan.phases
    return tuple(
        Band(phases[row.phase].name, phases[row.phase].title or phases[row.phase].name, row.at, end)
        for row, end in zip(entered, ends, strict=True)
        if 0 <= row.phase < len(phases)
    )


def marks(told: Sequence[Event]) -> tuple[Mark, ...]:
    """Decisions and confirmed weights."""
    return tuple(
        Mark(row.seq, row.at, _label(row), row.sentence, row.kind == Kind.WEIGHT_CONFIRMED)
        for row in told
        if row.kind != Kind.PHASE_ENTERED
    )


def _label(row: Event) -> str:
    if row.kind == Kind.WEIGHT_CONFIRMED:
        return f"{float(row.payload.get('weight', 0)):g} %"
    return _DECISIONS[Kind(row.kind)]

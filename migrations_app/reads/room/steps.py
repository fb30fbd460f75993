"""The steps of the current phase: who is at each, for how long, and what they say of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.domain.plan.phase import Action
from migrations_app.models import StepDone, StepNote, StepTaken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.people import Role
    from migrations_app.domain.plan.phase import Step
    from migrations_app.models import Run

NOTES = 3
"""How many of a step's notes are shown, the newest; all of them are on the timeline."""


@dataclass(frozen=True, slots=True)
class StepNoteView:
    """A sentence that somebody left at a step."""

    by: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class StepView:
    """A step of the current phase. `by_hand`: a person ticks it.

    `taken_by`: who is at it, since `taken_at`, until it is done. `expected`: how long it takes,
    zero where the plan does not say; it is `overdue` when that has passed since it was taken.
    """

    name: str
    title: str
    owner: Role
    instructions: str
    expected: timedelta
    by_hand: bool
    done_by: str
    done_at: datetime | None
    taken_by: str = ""
    taken_at: datetime | None = None
    overdue_at: datetime | None = None
    overdue: bool = False
    notes: tuple[StepNoteView, ...] = ()

    @property
    def took(self) -> timedelta | None:
        """How long it took whoever took it; None while it is not done, or if nobody said so."""
        if self.done_at is None or self.taken_at is None:
            return None
        return max(self.done_at - self.taken_at, timedelta(0))


@dataclass(frozen=True, slots=True)
class StepRows:
    """What is kept about the steps of one phase in one leg, by their names."""

    taken: Mapping[str, StepTaken]
    done: Mapping[str, StepDone]
    notes: Mapping[str, Sequence[StepNote]]


def steps(run: Run, bound: BoundPlan, now: datetime) -> tuple[StepView, ...]:
    """The steps of the current phase, in order, in three queries. None before the start."""
    if run.phase < 0:
        return ()
    rows = _rows(run)
    return tuple(step_view(step, rows, now) for step in bound.plan.phases[run.phase].steps)


def _rows(run: Run) -> StepRows:
    here = {"run": run, "leg": run.leg, "phase": run.phase}
    notes: dict[str, list[StepNote]] = {}
    for note in StepNote.objects.filter(**here).order_by("pk"):
        notes.setdefault(note.name, []).append(note)
    return StepRows(
        {row.name: row for row in StepTaken.objects.filter(**here).select_related("user")},
        {row.name: row for row in StepDone.objects.filter(**here)},
        notes,
    )


def step_view(step: Step, rows: StepRows, now: datetime) -> StepView:
    """A step, as far as its rows tell."""
    taken, done = rows.taken.get(step.name), rows.done.get(step.name)
    overdue_at = None if done else _overdue_at(step, taken)
    return StepView(
        name=step.name,
        title=step.title or step.name,
        owner=step.owner,
        instructions=step.instructions,
        expected=step.expected,
        by_hand=step.action is not Action.WAIT,
        done_by=done.by if done else "",
        done_at=done.at if done else None,
        taken_by=taken.user.get_username() if taken else "",
        taken_at=taken.at if taken else None,
        overdue_at=overdue_at,
        overdue=overdue_at is not None and overdue_at <= now,
        notes=tuple(_note(one) for one in rows.notes.get(step.name, ())[-NOTES:]),
    )


def _overdue_at(step: Step, taken: StepTaken | None) -> datetime | None:
    return taken.at + step.expected if taken and step.expected else None


def _note(row: StepNote) -> StepNoteView:
    return StepNoteView(row.by, row.at, row.text)

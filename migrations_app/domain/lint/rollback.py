"""The rollback plan against the RTO."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.domain.duration import spoken
from migrations_app.domain.lint.base import error, warning
from migrations_app.domain.lint.planes import latest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.problem import Problem


def no_rollback_plan(case: Case) -> Iterator[Problem]:
    """Nobody has thought about how long the way back takes."""
    if not case.plan.rollback.total:
        yield warning(
            ("rollback",),
            "The rollback plan does not say how long it takes: give it steps with `expected`, or "
            "an `expected` of its own.",
        )


def rollback_too_slow(case: Case) -> Iterator[Problem]:
    """A rollback that takes longer than was promised, the last client included."""
    rto, total, late = case.plan.objectives.rto, case.plan.rollback.total, latest(case)
    if rto is not None and total + late > rto:
        clients = f", and clients follow {spoken(late)} later" if late else ""
        yield error(
            ("rollback",),
            f"Rolling back takes {spoken(total)}{clients}, but the RTO is {spoken(rto)}: shorten "
            "the plan, or agree on another RTO.",
        )


def rollback_sum(case: Case) -> Iterator[Problem]:
    """A total that is less than its parts, or parts without a time."""
    rollback = case.plan.rollback
    steps = sum((step.expected for step in rollback.steps), timedelta(0))
    if rollback.expected is not None and rollback.expected < steps:
        yield warning(
            ("rollback", "expected"),
            f"Rolling back is expected to take {spoken(rollback.expected)}, but its steps take "
            f"{spoken(steps)} together.",
        )
    for index, step in enumerate(rollback.steps):
        if not step.expected:
            yield warning(
                ("rollback", "steps", index),
                f'The rollback step "{step.name}" does not say how long it takes.',
            )

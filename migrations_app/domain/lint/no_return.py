"""The point of no return: behind it, going back by itself would do more harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.lint.base import error, warning
from migrations_app.domain.plan.phase import AbortPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.problem import Problem


def rollback_past_no_return(case: Case) -> Iterator[Problem]:
    """A phase at or behind the point of no return that would roll back by itself."""
    first = _point(case)
    for index, phase in enumerate(case.plan.phases):
        if first is not None and index >= first and phase.abort_policy is AbortPolicy.ROLLBACK:
            yield error(
                ("phases", index, "abort_policy"),
                f'The phase "{phase.name}" lies at or past the point of no return and would roll '
                "back by itself: say `abort_policy: freeze`.",
            )


def freeze_too_early(case: Case) -> Iterator[Problem]:
    """A phase before the point of no return that stays where it is when it goes bad."""
    first = _point(case)
    for index, phase in enumerate(case.plan.phases):
        if (first is None or index < first) and phase.abort_policy is AbortPolicy.FREEZE:
            yield warning(
                ("phases", index, "abort_policy"),
                f'The phase "{phase.name}" could still go back, but freezes when it goes bad.',
            )


def no_return_unattended(case: Case) -> Iterator[Problem]:
    """A gate that passes the point of no return without a person."""
    first = _point(case)
    if first and case.plan.phases[first - 1].gate.auto_advance:
        yield error(
            ("phases", first - 1, "gate", "auto_advance"),
            f'Behind this gate lies the point of no return, "{case.plan.phases[first].name}": a '
            "person must say Go. Take `auto_advance` off.",
        )


def _point(case: Case) -> int | None:
    marks = (index for index, one in enumerate(case.plan.phases) if one.point_of_no_return)
    return next(marks, None)

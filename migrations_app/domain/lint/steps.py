"""Steps: somebody, or this version of the engine, must be able to do them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.lint.base import error, warning
from migrations_app.domain.plan.phase import Action, StepKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.phase import Step
    from migrations_app.domain.plan.problem import Loc, Problem

EXECUTABLE: Final = frozenset({Action.WAIT})

_BY_HAND: Final = "Make it a manual step with instructions."
_AS_A_ROUTE: Final = (
    "Make it a route, with `moves: switch` where it is no traffic, and give it a weight in this "
    "phase: then it is read back, watched for drift, and undone by a rollback."
)
_INSTEAD: Final = {Action.FLAG: _AS_A_ROUTE, Action.TRAFFIC: _AS_A_ROUTE}


def step_not_executable(case: Case) -> Iterator[Problem]:
    """An action that this version does not do by itself."""
    for loc, step in _steps(case):
        if step.action is not None and step.action not in EXECUTABLE:
            yield error(
                (*loc, "action"),
                f'The step "{step.name}" is the action {step.action}, which Warroom can\'t do by '
                f"itself. {_INSTEAD.get(step.action, _BY_HAND)}",
            )


def wait_without_time(case: Case) -> Iterator[Problem]:
    """A wait for no time at all."""
    for loc, step in _steps(case):
        if step.action is Action.WAIT and not step.expected:
            yield error(
                (*loc, "expected"),
                f'The step "{step.name}" waits, but does not say how long: give it `expected`.',
            )


def step_untimed(case: Case) -> Iterator[Problem]:
    """A manual step without an expected duration."""
    for loc, step in _steps(case):
        if step.kind is StepKind.MANUAL and not step.expected:
            yield warning(
                (*loc, "expected"),
                f'The step "{step.name}" does not say how long it takes: give it `expected`.',
            )


def _steps(case: Case) -> Iterator[tuple[Loc, Step]]:
    for index, phase in enumerate(case.plan.phases):
        for at, step in enumerate(phase.steps):
            yield ("phases", index, "steps", at), step

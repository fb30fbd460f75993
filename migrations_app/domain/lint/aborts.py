"""Abort criteria: there must be some, they must be able to act, and in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.duration import spoken
from migrations_app.domain.lint.base import error, warning
from migrations_app.domain.plan.schema import Moves
from migrations_app.domain.verdict.rule import OnNoData
from migrations_app.domain.weights import targets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.check import Check
    from migrations_app.domain.plan.problem import Loc, Problem
    from migrations_app.domain.plan.schema import AbortCriterion


def no_abort(case: Case) -> Iterator[Problem]:
    """A plan that never says when to go back."""
    if not case.plan.abort:
        yield error(
            ("abort",),
            "There are no abort criteria: agree now when to go back, and list those checks here.",
        )


def abort_observes(case: Case) -> Iterator[Problem]:
    """A gate or an abort criterion that rests on a check which binds nothing."""
    observed = {check.name for check in case.plan.checks if check.observe}
    named: list[tuple[Loc, str]] = [
        (("abort", at, "check"), one.check) for at, one in enumerate(case.plan.abort)
    ]
    for loc, _, gate in case.gates():
        named += [((*loc, "checks", at), name) for at, name in enumerate(gate.checks)]
    for place, name in named:
        if name in observed:
            yield error(
                place,
                f'Check "{name}" is only observed and binds nothing: take `observe` off it, or '
                "take it out here.",
            )


def abort_range(case: Case) -> Iterator[Problem]:
    """An abort criterion that says twice where it counts."""
    for index, criterion in enumerate(case.plan.abort):
        if criterion.from_phase is not None and criterion.phases:
            yield error(
                ("abort", index),
                f'The abort criterion "{criterion.check}" has both `from_phase` and `phases`: '
                "choose one.",
            )


def unprotected_phase(case: Case) -> Iterator[Problem]:
    """A phase with traffic on GREEN in which no abort criterion counts."""
    names = [phase.name for phase in case.plan.phases]
    covered = {name for one in case.plan.abort for name in _phases(one, names)}
    for index, name in enumerate(names):
        if case.plan.abort and name not in covered and _has_moved(case, index):
            yield warning(
                ("phases", index),
                f'No abort criterion counts in the phase "{name}": nothing would bring it back.',
            )


def _has_moved(case: Case, phase: int) -> bool:
    weights = targets(case.plan, phase)
    serving = [route for route in case.plan.routes if route.moves is Moves.SHARE]
    return any(weights[route.name] != route.baseline for route in serving)


def _phases(criterion: AbortCriterion, names: list[str]) -> list[str]:
    if criterion.phases:
        return list(criterion.phases)
    if criterion.from_phase not in names:
        return names
    return names[names.index(criterion.from_phase) :]


def abort_too_slow(case: Case) -> Iterator[Problem]:
    """An abort criterion that cannot fire, and be acted on, within the RTO."""
    rto, checks = case.plan.objectives.rto, case.checks()
    if rto is None:
        return
    for index, criterion in enumerate(case.plan.abort):
        check = checks.get(criterion.check)
        slowest = _slowest(case, check) if check else None
        if slowest is not None and slowest + case.plan.rollback.total > rto:
            yield error(("abort", index), _too_slow(case, criterion.check, slowest, rto))


def _slowest(case: Case, check: Check) -> timedelta | None:
    """From the breach until the check fails, at worst, in the environment that reads it least."""
    sources = [one.sources.get(check.source) for _, one in case.environments()]
    intervals = [source.interval for source in sources if source is not None]
    if not intervals:
        return None
    return max(check.hold, check.consecutive * max(intervals)) + max(intervals)


def _too_slow(case: Case, name: str, slowest: timedelta, rto: timedelta) -> str:
    back = case.plan.rollback.total
    return (
        f'The abort criterion "{name}" may take {spoken(slowest)} to fire and rolling back '
        f"{spoken(back)}: {spoken(slowest + back)} together, but the RTO is {spoken(rto)}. "
        "Shorten its hold, or agree on another RTO."
    )


def no_data_unheard(case: Case) -> Iterator[Problem]:
    """`on_no_data: rollback` on a check that is no abort criterion."""
    criteria = {criterion.check for criterion in case.plan.abort}
    for index, check in enumerate(case.plan.checks):
        if check.on_no_data is OnNoData.ROLLBACK and check.name not in criteria:
            yield warning(
                ("checks", index, "on_no_data"),
                f'Check "{check.name}" asks for a rollback when there is no data, but is no abort '
                "criterion: list it under `abort`.",
            )

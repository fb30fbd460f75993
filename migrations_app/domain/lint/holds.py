"""Time in a phase: its hold against what its gate's checks need, and the gate's deadline."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.domain.duration import spoken
from migrations_app.domain.lint.base import error, warning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.check import Check
    from migrations_app.domain.plan.gate import Gate
    from migrations_app.domain.plan.problem import Problem


def hold_too_short(case: Case) -> Iterator[Problem]:
    """A phase that ends before a check of its gate can have made up its mind."""
    for index, phase in enumerate(case.plan.phases):
        for check in _checks(case, phase.gate):
            needs = max(check.hold, (check.consecutive - 1) * _interval(case, check))
            if phase.hold < needs:
                yield error(
                    ("phases", index, "hold"),
                    f'The phase "{phase.name}" holds for {spoken(phase.hold)}, but its check '
                    f'"{check.name}" needs {spoken(needs)}: {_without(check)}. Hold for longer.',
                )
            elif phase.hold < needs + check.window:
                yield warning(
                    ("phases", index, "hold"),
                    f'The phase "{phase.name}" holds for {spoken(phase.hold)}. Its check '
                    f'"{check.name}" looks back {spoken(check.window)} for {spoken(needs)}, so it '
                    "still sees the time before this phase when the gate opens.",
                )


def deadline_too_short(case: Case) -> Iterator[Problem]:
    """A gate that closes before anyone, or any check, could have passed it."""
    for loc, index, gate in case.gates():
        if gate.deadline is None:
            continue
        slowest = max((_interval(case, check) for check in _checks(case, gate)), default=_NONE)
        if gate.deadline <= slowest:
            yield error(
                (*loc, "deadline"),
                f'The gate of "{case.plan.phases[index].name}" closes {spoken(gate.deadline)} '
                f"after it opens, and its checks are read every {spoken(slowest)}: it can never "
                "be passed. Give it longer.",
            )


def steps_too_long(case: Case) -> Iterator[Problem]:
    """Steps that take longer than the phase leaves for them."""
    for index, phase in enumerate(case.plan.phases):
        work = sum((step.expected for step in phase.steps), _NONE)
        if phase.gate.deadline is not None and work > phase.hold + phase.gate.deadline:
            yield warning(
                ("phases", index, "steps"),
                f'The steps of "{phase.name}" take {spoken(work)} together, but its hold and its '
                f"deadline leave {spoken(phase.hold + phase.gate.deadline)}.",
            )


_NONE = timedelta(0)


def _checks(case: Case, gate: Gate) -> list[Check]:
    known = case.checks()
    return [known[name] for name in gate.checks if name in known]


def _interval(case: Case, check: Check) -> timedelta:
    """The longest interval at which any environment reads the check."""
    sources = [environment.sources.get(check.source) for _, environment in case.environments()]
    return max((source.interval for source in sources if source is not None), default=_NONE)


def _without(check: Check) -> str:
    if check.pass_when:
        return "it can never have passed when the gate opens"
    return "a breach would not be seen before the gate opens"

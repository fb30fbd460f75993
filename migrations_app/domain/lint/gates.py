"""Gates must have something to go by, and be possible to pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.lint.base import error
from migrations_app.domain.plan.people import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.gate import Gate
    from migrations_app.domain.plan.problem import Problem
    from migrations_app.domain.plan.schema import Plan


def auto_unchecked(case: Case) -> Iterator[Problem]:
    """A gate that goes on by itself and checks nothing."""
    for loc, index, gate in case.gates():
        if gate.auto_advance and not gate.checks and not gate.roles:
            yield error(
                (*loc, "auto_advance"),
                f'The gate of "{case.plan.phases[index].name}" goes on by itself and asks for '
                "nothing: give it checks, or take `auto_advance` off.",
            )


def four_eyes_blind(case: Case) -> Iterator[Problem]:
    """A gate that takes four eyes where there are only two."""
    for loc, index, gate in case.gates():
        if gate.four_eyes and not _two_pairs(case.plan, gate):
            yield error(
                (*loc, "four_eyes"),
                f'The gate of "{case.plan.phases[index].name}" takes four eyes, but nobody other '
                "than who decides can sign off there: ask for more `roles`, or give them to more "
                "people.",
            )


def _two_pairs(plan: Plan, gate: Gate) -> bool:
    """Whether somebody other than the DRI can sign; two people where nobody says Go."""
    signers = {name for role in gate.roles for name in plan.roles.get(role, ())}
    if gate.auto_advance:
        return len(signers) > 1
    return bool(signers - set(plan.roles.get(Role.DRI, ())[:1]))

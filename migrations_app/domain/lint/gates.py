"""Gates that go on by themselves must have something to go by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.lint.base import error

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.problem import Problem


def auto_unchecked(case: Case) -> Iterator[Problem]:
    """A gate that goes on by itself and checks nothing."""
    for loc, index, gate in case.gates():
        if gate.auto_advance and not gate.checks and not gate.roles:
            yield error(
                (*loc, "auto_advance"),
                f'The gate of "{case.plan.phases[index].name}" goes on by itself and asks for '
                "nothing: give it checks, or take `auto_advance` off.",
            )

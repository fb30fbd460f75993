"""What a rule of lint is given, and what it gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from migrations_app.domain.plan.bind import routed
from migrations_app.domain.plan.problem import Loc, Problem, Severity, dotted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migrations_app.domain.lint.seams import Seams
    from migrations_app.domain.plan.check import Check
    from migrations_app.domain.plan.environment import Environment
    from migrations_app.domain.plan.gate import Gate
    from migrations_app.domain.plan.schema import Plan


@dataclass(frozen=True, slots=True)
class Case:
    """A plan to look at, how to look outside, and who exists (None when that is not known)."""

    plan: Plan
    seams: Seams
    people: frozenset[str] | None = None

    def environments(self) -> Iterator[tuple[Loc, Environment]]:
        """Every environment and where it stands."""
        for name, environment in self.plan.environments.items():
            routes = routed(self.plan, environment)
            yield ("environments", name), environment.model_copy(update={"routes": routes})

    def gates(self) -> Iterator[tuple[Loc, int, Gate]]:
        """Every gate, where it stands and the index of its phase."""
        for index, phase in enumerate(self.plan.phases):
            yield ("phases", index, "gate"), index, phase.gate

    def checks(self) -> dict[str, Check]:
        """The checks by name."""
        return {check.name: check for check in self.plan.checks}


Look: TypeAlias = "Callable[[Case], Iterator[Problem]]"


def error(loc: Loc, sentence: str) -> Problem:
    """What refuses a start."""
    return Problem(dotted(loc), sentence)


def warning(loc: Loc, sentence: str) -> Problem:
    """What people should weigh."""
    return Problem(dotted(loc), sentence, severity=Severity.WARNING)

"""What a plan must have before anything else about it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.lint.base import error, warning
from migrations_app.domain.quantity import Unit, parse_quantity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.plan.problem import Loc, Problem


def incomplete(case: Case) -> Iterator[Problem]:
    """Nothing to move, no way to move it, or nowhere to do it."""
    plan = case.plan
    if not plan.routes:
        yield error(("routes",), "There is no route to move: say what carries the traffic.")
    if not plan.phases:
        yield error(("phases",), "There are no phases: say in which steps traffic moves.")
    if not plan.environments:
        yield error(
            ("environments",),
            "There is no environment: bind the routes and sources of a rehearsal or production.",
        )


def no_objectives(case: Case) -> Iterator[Problem]:
    """Objectives that were not agreed."""
    objectives = case.plan.objectives
    if objectives.rto is None:
        yield error(
            ("objectives", "rto"),
            "There is no RTO: say how soon traffic must be back on BLUE, such as `rto: 2m`.",
        )
    wanted = {"slo": objectives.slo, "error_budget": objectives.error_budget, "rpo": objectives.rpo}
    for name, given in wanted.items():
        if given is None or given == {}:
            word = name.replace("_", " ")
            yield warning(("objectives", name), f"No {word} was agreed: write it under `{name}`.")


def bad_objective(case: Case) -> Iterator[Problem]:
    """Objectives that mean nothing."""
    objectives = case.plan.objectives
    for name, text in objectives.slo.items():
        yield from _quantity(("objectives", "slo", name), text)
    budget = objectives.error_budget
    if budget is None:
        return
    yield from _share(("objectives", "error_budget", "share"), budget.share)
    if not budget.window:
        yield error(("objectives", "error_budget", "window"), "An error budget needs a window.")


def _quantity(loc: Loc, text: str) -> Iterator[Problem]:
    try:
        parse_quantity(text)
    except ValueError as wrong:
        yield error(loc, str(wrong))


def _share(loc: Loc, text: str) -> Iterator[Problem]:
    try:
        share = parse_quantity(text).to(Unit.PERCENT).value
    except ValueError as wrong:
        yield error(loc, str(wrong))
        return
    if not 0 < share <= 100:
        yield error(loc, f'The share of an error budget lies between 0 and 100 %, not "{text}".')

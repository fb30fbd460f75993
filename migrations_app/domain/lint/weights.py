"""Weights: within bounds, possible for the driver, and going forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.errors import ConfigError, SeamError
from migrations_app.domain.lint.base import error, warning
from migrations_app.domain.plan.schema import Moves
from migrations_app.domain.weights import targets

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.lint.seams import Cannot
    from migrations_app.domain.plan.environment import RouteBinding
    from migrations_app.domain.plan.problem import Loc, Problem


def weight_range(case: Case) -> Iterator[Problem]:
    """A share below nothing or above everything."""
    for loc, route, weight in _weights(case):
        if not 0 <= weight <= 100:
            yield error(
                loc, f'The weight {weight:f} of "{route}" is not a share from 0 to 100 percent.'
            )


def weight_impossible(case: Case) -> Iterator[Problem]:
    """A weight that the driver of an environment can't set."""
    if case.seams.cannot is None:
        return
    for place, environment in case.environments():
        for loc, route, weight in _weights(case):
            if route in environment.routes and 0 <= weight <= 100:
                at = (*place, "routes", route)
                yield from _refused(case.seams.cannot, environment.routes[route], at, (loc, weight))


def _refused(
    cannot: Cannot, binding: RouteBinding, at: Loc, asked: tuple[Loc, Decimal]
) -> Iterator[Problem]:
    loc, weight = asked
    route = f'the route "{at[-1]}" of "{at[1]}"'
    try:
        why = cannot(binding, weight)
    except (ConfigError, SeamError) as silent:
        yield warning(at, f"Whether {route} can take its weights could not be checked: {silent}")
        return
    if why is not None:
        yield error(loc, f"Here {route} can't be set to {weight:f} %: {why}")


def weight_goes_down(case: Case) -> Iterator[Problem]:
    """A later phase that gives GREEN less than an earlier one. Mirrors and switches may end."""
    serving = _serving(case)
    for index, phase in enumerate(case.plan.phases):
        before = targets(case.plan, index - 1)
        for route, weight in phase.weights.items():
            if route in serving and weight < before.get(route, weight):
                yield warning(
                    ("phases", index, "weights", route),
                    f'The phase "{phase.name}" takes "{route}" down from {before[route]:f} % to '
                    f"{weight:f} %. Phases go forward; going back is what a rollback does.",
                )


def never_complete(case: Case) -> Iterator[Problem]:
    """A route that never gets all of its traffic to GREEN."""
    if not case.plan.phases:
        return
    last = len(case.plan.phases) - 1
    for index, route in enumerate(case.plan.routes):
        weight = targets(case.plan, last)[route.name]
        if weight < 100 and route.moves is Moves.SHARE:
            yield warning(
                ("routes", index),
                f'The route "{route.name}" is at {weight:f} % when the run completes, not at 100.',
            )


def _serving(case: Case) -> set[str]:
    return {route.name for route in case.plan.routes if route.moves is Moves.SHARE}


def _weights(case: Case) -> Iterator[tuple[Loc, str, Decimal]]:
    for index, route in enumerate(case.plan.routes):
        yield ("routes", index, "baseline"), route.name, route.baseline
    for index, phase in enumerate(case.plan.phases):
        for name, weight in phase.weights.items():
            yield ("phases", index, "weights", name), name, weight

"""Planes and sources: what they can do at all, and how late clients follow."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.domain.duration import spoken
from migrations_app.domain.errors import ConfigError, SeamError
from migrations_app.domain.lint.base import error, warning
from migrations_app.domain.plan.schema import Moves
from migrations_app.domain.verdict.rule import BaselineKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.lint.base import Case
    from migrations_app.domain.lint.seams import Lag
    from migrations_app.domain.plan.environment import RouteBinding
    from migrations_app.domain.plan.problem import Loc, Problem

_AT_ONCE = timedelta(seconds=5)


def mirror_impossible(case: Case) -> Iterator[Problem]:
    """A route that is to copy requests, through a driver that can't."""
    mirrors = {route.name for route in case.plan.routes if route.moves is Moves.MIRROR}
    for loc, name, binding in _routes(case):
        if name in mirrors and not _mirrors(case, binding):
            yield error(
                loc,
                f'The route "{name}" moves a mirror, but {binding.driver} can\'t copy requests: '
                "bind it to a driver that can, or drop the route.",
            )


def past_unknown(case: Case) -> Iterator[Problem]:
    """A baseline of some time ago, asked of a source that only knows what is."""
    for index, check in enumerate(case.plan.checks):
        if check.baseline is None or check.baseline.kind is not BaselineKind.OFFSET:
            continue
        for place, environment in case.environments():
            binding = environment.sources.get(check.source)
            if binding is not None and not _remembers(case, binding.kind):
                yield error(
                    ("checks", index, "baseline"),
                    f'Check "{check.name}" compares with an earlier time, but in "{place[-1]}" its '
                    f'source "{check.source}" is {binding.kind}, which only knows what is now. '
                    "Compare with `captured` or `blue`.",
                )


def slow_way_back(case: Case) -> Iterator[Problem]:
    """A route whose clients follow late, such as one of DNS."""
    if case.seams.lag is None:
        return
    for loc, name, binding in _routes(case):
        late = lag_of(case.seams.lag, binding)
        if late > _AT_ONCE:
            yield warning(
                loc,
                f'Clients of the route "{name}" follow {spoken(late)} after {binding.driver} was '
                "set. It is no fast way back: roll back through a load balancer or a flag first, "
                "and let this one follow.",
            )


def latest(case: Case) -> timedelta:
    """How late the clients of the slowest route follow, in any environment."""
    lag = case.seams.lag
    if lag is None:
        return timedelta(0)
    return max((lag_of(lag, one) for _, _, one in _routes(case)), default=timedelta(0))


def lag_of(lag: Lag, binding: RouteBinding) -> timedelta:
    """None at all where it can't be told: what is wrong then is told by the rules on bindings."""
    try:
        return timedelta(seconds=lag(binding))
    except (ConfigError, SeamError):
        return timedelta(0)


def _routes(case: Case) -> Iterator[tuple[Loc, str, RouteBinding]]:
    named = {route.name for route in case.plan.routes}
    for place, environment in case.environments():
        for name, binding in environment.routes.items():
            if name in named:
                yield (*place, "routes", name), name, binding


def _mirrors(case: Case, binding: RouteBinding) -> bool:
    try:
        return case.seams.drivers.load(binding.driver).capabilities.mirror
    except ConfigError:
        return True  # told by unknown_kind


def _remembers(case: Case, kind: str) -> bool:
    try:
        return case.seams.sources.load(kind).past
    except ConfigError:
        return True  # told by unknown_kind

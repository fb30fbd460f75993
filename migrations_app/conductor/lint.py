"""Lint with the drivers, sources and channels that are really installed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrations_app.channels.base import CHANNELS
from migrations_app.conductor import seams
from migrations_app.conductor.lookups import FINDS
from migrations_app.domain.envref import references
from migrations_app.domain.errors import ConfigError, Transient
from migrations_app.domain.lint.seams import Seams
from migrations_app.domain.lint.table import lint as lint_plan
from migrations_app.domain.reading import Query
from migrations_app.drivers.base import DRIVERS
from migrations_app.sources.base import SOURCES

if TYPE_CHECKING:
    from collections.abc import Collection
    from decimal import Decimal

    from migrations_app.domain.plan.environment import RouteBinding, SourceBinding
    from migrations_app.domain.plan.problem import Problem
    from migrations_app.domain.plan.schema import Plan


def lint(
    plan: Plan, people: Collection[str] | None = None, *, ask_sources: bool = False
) -> list[Problem]:
    """Everything that is wrong with `plan`. `ask_sources`: let each source parse its queries; those
    that are looked up in our own tables do so anyway."""
    asker = _Asker(outside=ask_sources)
    return lint_plan(plan, Seams(DRIVERS, SOURCES, CHANNELS, cannot, asker.invalid, lag), people)


def cannot(binding: RouteBinding, weight: Decimal) -> str | None:
    """Why a route can't be set to `weight`. No I/O; a binding that can't be built says nothing
    here: its mistakes are told by the rules about bindings."""
    try:
        return seams.driver(binding.driver, binding.config, "").cannot(weight)
    except ConfigError:
        return None


def lag(binding: RouteBinding) -> float:
    """Seconds by which clients of a route follow late. No I/O."""
    return seams.driver(binding.driver, binding.config, "").lag


@dataclass(slots=True)
class _Asker:
    """Asks sources whether they understand a query. One that was silent is told of once, and not
    asked again: its timeout would have to be waited for with every query. Unless we may go
    `outside`, only those are asked that need nothing there, not even a variable."""

    outside: bool
    silent: set[str] = field(default_factory=set)

    def invalid(self, binding: SourceBinding, text: str) -> str | None:
        which = binding.model_dump_json()
        if which in self.silent or not (self.outside or _ours(binding)):
            return None
        try:
            return seams.source(binding.kind, binding.config, "config").invalid(Query("", text))
        except (Transient, ConfigError) as error:
            self.silent.add(which)
            raise Transient(str(error)) from error


def _ours(binding: SourceBinding) -> bool:
    return binding.kind in FINDS and not references(binding.config)

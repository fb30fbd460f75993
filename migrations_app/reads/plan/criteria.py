"""Abort criteria and gate checks as a plan's pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.plan.phase import AbortPolicy
from migrations_app.domain.plan.told import rule_told, terms_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.check import Check
    from migrations_app.domain.plan.objectives import Objectives


@dataclass(frozen=True, slots=True)
class Asked:
    """One check in words. `terms`: time, samples and references that its rule goes by.

    `queries`: what is asked, and what for: value, blue, samples or baseline.
    """

    name: str
    title: str
    rule: str
    terms: tuple[str, ...]
    source: str
    observe: bool
    queries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """An abort criterion that counts in a phase. `begins`: it did not count in the one before."""

    check: Asked
    freezes: bool
    begins: bool


def asked(spec: Check, objectives: Objectives) -> Asked:
    """A check of a plan, in words."""
    return Asked(
        name=spec.name,
        title=spec.title or spec.name,
        rule=rule_told(spec, objectives),
        terms=terms_told(spec),
        source=spec.source,
        observe=spec.observe,
        queries=tuple(_queries(spec)),
    )


def _queries(spec: Check) -> Iterator[tuple[str, str]]:
    yield "value", spec.query
    baseline = spec.baseline.query if spec.baseline else None
    for what, text in (("blue", spec.blue_query), ("samples", spec.samples_query),
                       ("baseline", baseline)):  # fmt: skip
        if text is not None:
            yield what, text


def gate_checks(bound: BoundPlan, phase: int) -> tuple[Asked, ...]:
    """What the gate of the phase with this index asks for."""
    specs = {one.name: one for one in bound.plan.checks}
    names = bound.plan.phases[phase].gate.checks
    return tuple(asked(specs[name], bound.plan.objectives) for name in names if name in specs)


def criteria(bound: BoundPlan, phase: int) -> tuple[Criterion, ...]:
    """The abort criteria that act in the phase with this index; observed checks bind nothing."""
    plan = bound.plan
    names = [one.name for one in plan.phases]
    specs = {one.name: one for one in plan.checks if not one.observe}
    freezes = plan.phases[phase].abort_policy is AbortPolicy.FREEZE
    return tuple(
        Criterion(
            asked(specs[one.check], plan.objectives),
            freezes,
            phase > 0 and not one.counts(names, phase - 1),
        )
        for one in plan.abort
        if one.check in specs and one.counts(names, phase)
    )

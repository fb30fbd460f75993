"""From a check of a plan to the rule that is judged and the queries that are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from migrations_app.domain.plan.problem import nearest
from migrations_app.domain.quantity import Quantity, Unit, parse_quantity
from migrations_app.domain.verdict.condition import parse_condition
from migrations_app.domain.verdict.evidence import QueryTexts
from migrations_app.domain.verdict.rule import Baseline, Budget, Burn, Polarity, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.check import Check
    from migrations_app.domain.plan.environment import SourceBinding
    from migrations_app.domain.plan.objectives import Objectives
    from migrations_app.domain.plan.schema import Plan


class HasSources(Protocol):
    """An `Environment` or a `BoundPlan`."""

    @property
    def sources(self) -> Mapping[str, SourceBinding]: ...


def rule_of(check: Check, plan: Plan, environment: HasSources) -> Rule:
    """The rule of `check`; `ValueError` with a sentence when it means nothing.

    Thresholds may be names of the plan's objectives. The interval is that of the check's source.
    """
    return Rule(
        name=check.name,
        unit=check.unit,
        condition=parse_condition(check.condition).resolve(thresholds(plan.objectives)),
        polarity=Polarity.FAIL_WHEN if check.fail_when else Polarity.PASS_WHEN,
        interval=_source(check, environment).interval,
        window=check.window,
        hold=check.hold,
        consecutive=check.consecutive,
        fraction=None if check.fraction is None else _ratio(check.fraction),
        min_samples=check.min_samples,
        on_no_data=check.on_no_data,
        observe=check.observe,
        baseline=_baseline(check),
        burn=_burn(check, plan.objectives),
        budget=_budget(check, plan.objectives),
    )


def rules_of(bound: BoundPlan) -> dict[str, Rule]:
    """All rules of a bound plan, by check, in the plan's order."""
    return {check.name: rule_of(check, bound.plan, bound) for check in bound.plan.checks}


def same_check(old: BoundPlan, new: BoundPlan, name: str) -> bool:
    """Whether the check called `name` is judged by `new` just as it was by `old`.

    Its objectives and the interval of its source are part of that. False if either has no such.
    """
    specs = [{one.name: one for one in bound.plan.checks}.get(name) for bound in (old, new)]
    before, after = specs
    if before is None or before != after:
        return False
    return rule_of(before, old.plan, old) == rule_of(before, new.plan, new)


def texts_of(check: Check) -> QueryTexts:
    """The queries of `check` as written; variables are filled in by `bind`."""
    return QueryTexts(
        value=check.query,
        blue=check.blue_query,
        samples=check.samples_query,
        baseline=check.baseline.query if check.baseline else None,
    )


def thresholds(objectives: Objectives) -> dict[str, Quantity]:
    """What a condition may name: `slo.<name>`, `rpo` and `rto` (in seconds)."""
    spans = {"rpo": objectives.rpo, "rto": objectives.rto}
    promised = {f"slo.{name}": parse_quantity(text) for name, text in objectives.slo.items()}
    limits = {name: span for name, span in spans.items() if span is not None}
    return promised | {
        name: Quantity(span.total_seconds(), Unit.SECOND) for name, span in limits.items()
    }


def _source(check: Check, environment: HasSources) -> SourceBinding:
    if check.source not in environment.sources:
        hint = nearest(check.source, environment.sources)
        raise ValueError(f'there is no source "{check.source}" here.{hint}')
    return environment.sources[check.source]


def _baseline(check: Check) -> Baseline | None:
    given = check.baseline
    return None if given is None else Baseline(given.kind, given.offset)


def _burn(check: Check, objectives: Objectives) -> Burn | None:
    given = check.burn
    return None if given is None else Burn(_slo(given.slo, objectives), given.long, given.short)


def _budget(check: Check, objectives: Objectives) -> Budget | None:
    given = check.budget
    return None if given is None else Budget(_slo(given.slo, objectives), given.window)


def _slo(text: str, objectives: Objectives) -> float:
    """The ratio behind a quantity or the name of one."""
    return _ratio(objectives.slo.get(text.removeprefix("slo."), text))


def _ratio(text: str) -> float:
    quantity = parse_quantity(text)
    if quantity.unit is None:
        raise ValueError(f'"{text}" needs its unit: write it like 95 %.')
    return quantity.to(Unit.RATIO).value

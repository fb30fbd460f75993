"""Checks as the judge left them, with a line of their last readings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from migrations_app.domain.plan.rules import rule_of
from migrations_app.domain.quantity import Unit, spoken
from migrations_app.models import Check, Reading

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.check import Check as Spec
    from migrations_app.domain.verdict.rule import Rule
    from migrations_app.models import Run

READINGS = 60
"""How many readings a sparkline shows."""


@dataclass(frozen=True, slots=True)
class Spark:
    """The last readings, oldest first, None where there was none. `edges`: the rule's limits."""

    green: tuple[float | None, ...]
    blue: tuple[float | None, ...]
    edges: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class CheckView:
    """One check on the screen. `rule` is the condition, objectives looked up, `fails` its polarity.

    `required`: the open phase's gate asks for it. `aborts`: its FAIL acts without asking.
    `budget`: it is about the error budget. `patience`: how old its verdict may be and still be
    believed.
    """

    name: str
    title: str
    status: str
    sentence: str
    value: str
    rule: str
    fails: bool
    progress: float | None
    evaluated_at: datetime | None
    sampled_at: datetime | None
    patience: timedelta
    stale: bool
    required: bool
    aborts: bool
    observe: bool
    budget: bool
    spark: Spark


def check_views(run: Run, bound: BoundPlan, now: datetime) -> tuple[CheckView, ...]:
    """Every check of a run with its last readings, in one query."""
    rows = Check.objects.filter(run=run).annotate(line=ArraySubquery(_line()))
    return tuple(_view(run, bound, row, now) for row in rows)


def _line() -> Any:
    readings = Reading.objects.filter(run_id=OuterRef("run_id"), check_name=OuterRef("name"))
    pair = JSONObject(value="value", blue="blue")
    return readings.order_by("-at").values(pair=pair)[:READINGS]


def _view(run: Run, bound: BoundPlan, row: Any, now: datetime) -> CheckView:
    spec = bound.check(row.name)
    rule = rule_of(spec, bound.plan, bound)
    gate = bound.plan.phases[run.phase].gate.checks if run.phase >= 0 else ()
    age = None if row.evaluated_at is None else now - row.evaluated_at
    return CheckView(
        name=row.name,
        title=spec.title or spec.name,
        status=row.status,
        sentence=row.sentence,
        value="" if row.value is None else spoken(row.value, Unit(rule.unit)),
        rule=str(rule.condition),
        fails=rule.fails_when,
        progress=row.progress,
        evaluated_at=row.evaluated_at,
        sampled_at=row.sampled_at,
        patience=rule.patience,
        stale=age is None or age > rule.patience,
        required=row.name in gate,
        aborts=_aborts(bound, spec, run.phase),
        observe=spec.observe,
        budget=rule.budget is not None,
        spark=_spark(row, rule),
    )


def _aborts(bound: BoundPlan, spec: Spec, phase: int) -> bool:
    """Whether an abort criterion on this check counts in the phase with this index."""
    if spec.observe or phase < 0:
        return False
    names = [one.name for one in bound.plan.phases]
    mine = [criterion for criterion in bound.plan.abort if criterion.check == spec.name]
    return any(criterion.counts(names, phase) for criterion in mine)


def _spark(row: Any, rule: Rule) -> Spark:
    line = list(reversed(row.line))
    blue = tuple(pair["blue"] for pair in line)
    return Spark(
        green=tuple(pair["value"] for pair in line),
        blue=blue if any(value is not None for value in blue) else (),
        edges=_edges(row, rule),
    )


def _edges(row: Any, rule: Rule) -> tuple[float, ...]:
    """Where the rule's limits lie now; none for what is not drawn in the reading's own unit."""
    if rule.burn or rule.budget:
        return ()
    reference = None
    if rule.versus is not None:
        part = row.evidence.get("blue" if rule.versus == "blue" else "baseline") or {}
        reference = part.get("value")
        if reference is None:
            return ()
    return rule.condition.band(rule.unit, reference).edges

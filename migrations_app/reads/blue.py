"""How BLUE does: whether it is a good place to go back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.plan.rules import rule_of
from migrations_app.domain.quantity import Unit, spoken
from migrations_app.domain.verdict.judge import blue_is_worse
from migrations_app.models import Check
from migrations_app.models.clock import ClockTimestamp
from migrations_app.reads.evidence import evidence_of
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from migrations_app.models import Run


def no_better(run: Run) -> str:
    """Where BLUE breaches an abort criterion at least as badly as GREEN, by fresh evidence:
    `Failed requests: 4.1 % on BLUE`. Empty where it does not, or nobody knows."""
    bound = plan_of(run)
    names = {criterion.check for criterion in bound.plan.abort}
    rows = Check.objects.filter(run=run, name__in=names, evaluated_at__isnull=False)
    for row in rows.filter(evidence__has_key="blue").annotate(now=ClockTimestamp()):
        spec = bound.check(row.name)
        rule, evidence = rule_of(spec, bound.plan, bound), evidence_of(row)
        if row.now - evidence.at <= rule.patience and blue_is_worse(rule, evidence):
            blue = evidence.blue.value if evidence.blue else None
            said = "unknown" if blue is None else spoken(blue, Unit(rule.unit))
            return f"{spec.title or spec.name}: {said} on BLUE"
    return ""

"""What one set of readings says by itself, before time comes in: good, bad, or nothing at all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.budget import burn_rate, burnt_share
from migrations_app.domain.quantity import Quantity, Unit
from migrations_app.domain.verdict.outcome import Reason
from migrations_app.domain.verdict.rule import BaselineKind
from migrations_app.domain.verdict.trust import NoData, Trust

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.domain.verdict.band import Band
    from migrations_app.domain.verdict.evidence import Evidence
    from migrations_app.domain.verdict.rule import Budget, Rule


@dataclass(frozen=True, slots=True)
class Measured:
    """Finite numbers in the rule's unit.

    `value` is the reading, the burn rate over the long window, or the burnt share of the budget;
    `short` is the burn rate over the short window. `band` is where the condition is true.
    """

    value: float
    band: Band
    holds: bool
    bad: bool
    reference: float | None = None
    short: float | None = None

    @property
    def badness(self) -> float:
        """How far past the threshold on the bad side; negative on the good one."""
        depth = self.band.depth(self.value)
        return depth if self.bad == self.holds else -depth


def measure(rule: Rule, evidence: Evidence, settled_at: datetime | None) -> Measured:
    """Judge the evidence on its own. Raises `NoData`, in all its forms, instead of guessing."""
    trust = Trust(rule, evidence.at, settled_at)
    raw = trust.value(evidence.value)
    trust.enough(evidence.samples)
    if rule.burn:
        short = burn_rate(trust.value(evidence.short, "the short window"), rule.burn.slo)
        return _judged(rule, burn_rate(raw, rule.burn.slo), short=short)
    if rule.budget:
        return _judged(rule, _burnt(rule, rule.budget, raw, evidence))
    return _judged(rule, raw, reference=_reference(trust, evidence))


def _judged(
    rule: Rule, value: float, reference: float | None = None, short: float | None = None
) -> Measured:
    band = rule.condition.band(rule.unit, reference)
    numbers = [number for number in (value, reference, short) if number is not None]
    if not band.edges or not all(map(math.isfinite, numbers)):
        raise NoData(Reason.NOT_FINITE, "no data: the arithmetic gave no finite number")
    holds = value in band and (short is None or short in band)
    return Measured(value, band, holds, holds is rule.fails_when, reference, short)


def _reference(trust: Trust, evidence: Evidence) -> float | None:
    match trust.rule.versus:
        case None:
            return None
        case BaselineKind.BLUE:
            return trust.reference(evidence.blue or evidence.baseline)
        case BaselineKind.CAPTURED | BaselineKind.OFFSET:
            return trust.reference(evidence.baseline)


def _burnt(rule: Rule, budget: Budget, error_ratio: float, evidence: Evidence) -> float:
    if evidence.elapsed is None:
        raise NoData(Reason.NO_ELAPSED, "no data: nobody said how long the run has lasted")
    elapsed = min(evidence.elapsed, budget.window)
    share = burnt_share(error_ratio, budget.slo, elapsed, budget.window)
    return Quantity(share, Unit.RATIO).to(rule.unit).value

"""Judge what a timeline alone holds: the readings frozen into decisions, each by itself.

Without those in between nobody can tell for how long something was so. What one set of readings
can contradict is less: no verdict without data, no PASS on a breach, no FAIL on a good reading.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from migrations_app.domain.plan.rules import rule_of
from migrations_app.domain.replay.result import Disagreement
from migrations_app.domain.verdict import measure
from migrations_app.domain.verdict.outcome import Status
from migrations_app.domain.verdict.stored import evidence_from
from migrations_app.domain.verdict.trust import NoData

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.replay.told import Frozen, Told
    from migrations_app.domain.verdict.rule import Rule


def alone(told: Told) -> tuple[int, list[Disagreement]]:
    """How many frozen verdicts could be judged, and those that their own readings contradict."""
    judged = [
        (one, bound)
        for one in told.frozen
        if (bound := told.plan(one.at)) and any(c.name == one.check for c in bound.plan.checks)
    ]
    return len(judged), [wrong for one, bound in judged for wrong in _contradicted(one, bound)]


def _contradicted(one: Frozen, bound: BoundPlan) -> Iterator[Disagreement]:
    rule = rule_of(bound.check(one.check), bound.plan, bound)
    why = _why(one, rule)
    if why:
        seen = " or ".join(one.statuses)
        yield Disagreement(one.at, one.check, f"entry {one.seq} saw {seen}, but {why}")


def _why(one: Frozen, rule: Rule) -> str:
    """How old a reading may be is not asked here: the moment it was judged is not in the entry."""
    evidence = evidence_from(one.readings, one.at)
    sampled = evidence.value.sampled_at
    try:
        measured = measure.measure(rule, replace(evidence, at=sampled or one.at), None)
    except NoData as nothing:
        return "" if Status.NO_DATA in one.statuses else nothing.sentence
    if rule.fraction is None and Status.PASS in one.statuses and measured.bad:
        return f"its own reading is bad: {measured.value:g}"
    if rule.fraction is None and one.statuses == ("FAIL",) and not measured.bad:
        return f"its own reading is good: {measured.value:g}"
    return ""

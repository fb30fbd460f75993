"""What a plan says, in words: rules of checks, who has to agree, how a phase is entered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.duration import spoken
from migrations_app.domain.plan.rules import thresholds
from migrations_app.domain.states import spoken as word
from migrations_app.domain.verdict.condition import parse_condition
from migrations_app.domain.verdict.rule import BaselineKind, OnNoData

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.plan.check import Baseline, Check
    from migrations_app.domain.plan.gate import Gate
    from migrations_app.domain.plan.objectives import Objectives


def rule_told(check: Check, objectives: Objectives) -> str:
    """`fails > 0.3 %`; what names an objective says its value, unless it means nothing."""
    try:
        condition = str(parse_condition(check.condition).resolve(thresholds(objectives)))
    except ValueError:
        condition = check.condition
    return f"{'fails' if check.fail_when else 'passes'} {condition}"


def terms_told(check: Check) -> tuple[str, ...]:
    """Everything about time, samples and references that the rule goes by, a few words each."""
    return tuple(_terms(check))


def _terms(check: Check) -> Iterator[str]:
    yield from _times(check)
    if check.min_samples:
        yield f"from {check.min_samples} samples"
    if check.baseline:
        yield _against(check.baseline)
    if check.on_no_data is OnNoData.ROLLBACK:
        yield "no data rolls back"
    if check.use:
        yield f"ready-made: {check.use}"


def _times(check: Check) -> Iterator[str]:
    if check.window:
        yield f"over {spoken(check.window)}"
    if check.hold:
        share = f" for {check.fraction} of" if check.fraction else " for"
        yield f"stays so{share} {spoken(check.hold)}"
    if check.consecutive > 1:
        yield f"{check.consecutive} evaluations in a row"
    if check.burn:
        yield f"over {spoken(check.burn.long)} and {spoken(check.burn.short)} at once"
    if check.budget:
        yield f"of the budget of {spoken(check.budget.window)}"


def _against(baseline: Baseline) -> str:
    match baseline.kind:
        case BaselineKind.BLUE:
            return "against BLUE now"
        case BaselineKind.CAPTURED:
            return "against its value at the start"
        case BaselineKind.OFFSET:
            assert baseline.offset is not None  # noqa: S101 (a validator of the schema)
            return f"against {spoken(baseline.offset)} ago"


def agreement_told(gate: Gate) -> str:
    """Who has to agree, in one line; empty where nobody is asked."""
    if not gate.roles:
        return "anybody who is not the decider" if gate.four_eyes else ""
    roles = [_slots(role, wanted) for role, wanted in gate.roles.items()]
    every = sum(gate.roles.values())
    told = ", ".join(roles)
    if gate.needed < every:
        told = f"{gate.needed} of {every}: {told}"
    return f"{told}; four eyes" if gate.four_eyes else told


def _slots(role: str, wanted: int) -> str:
    return word(role) if wanted == 1 else f"{wanted} of {word(role)}"

"""What time makes of evidence: the step from one evaluation to the next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.verdict.memory import Memory, fresh
from migrations_app.domain.verdict.outcome import Reason, Status, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from migrations_app.domain.verdict.evidence import Evidence
    from migrations_app.domain.verdict.rule import Rule

__all__ = ["Memory", "Reason", "Status", "Verdict", "blue_is_worse", "fresh", "judge", "step"]


def step(
    rule: Rule, memory: Memory, evidence: Evidence, settled_at: datetime | None
) -> tuple[Memory, Verdict]:
    """One evaluation."""
    raise NotImplementedError


def judge(rule: Rule, evidences: Iterable[Evidence], settled_at: datetime | None) -> list[Verdict]:
    """`step` folded over a series that starts with nothing known."""
    memory, verdicts = fresh(), []
    for evidence in evidences:
        memory, verdict = step(rule, memory, evidence, settled_at)
        verdicts.append(verdict)
    return verdicts


def blue_is_worse(rule: Rule, evidence: Evidence) -> bool:
    """Whether BLUE's own reading breaches the same rule at least as badly as GREEN's."""
    raise NotImplementedError

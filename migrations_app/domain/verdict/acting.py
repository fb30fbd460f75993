"""Which verdicts act by themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.verdict.rule import OnNoData

if TYPE_CHECKING:
    from datetime import timedelta

    from migrations_app.domain.verdict.rule import Rule


def outlasts(rule: Rule, blind: timedelta) -> bool:
    """Whether having had no data for `blind` trips: only where the plan says so, and only once it
    has lasted, longer than two intervals and than the check's own hold."""
    return rule.on_no_data is OnNoData.ROLLBACK and blind > max(rule.patience, rule.hold)

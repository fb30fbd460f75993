"""The plan a run executes: its frozen snapshot, parsed once per content."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.plan.bind import BoundPlan
from migrations_app.domain.plan.rules import rules_of
from migrations_app.models import Runbook

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.domain.plan.phase import Phase
    from migrations_app.domain.verdict.rule import Rule
    from migrations_app.models import Migration, Run

_MOST: Final = 256
_PARSED: dict[str, BoundPlan] = {}
_RULES: dict[str, Mapping[str, Rule]] = {}


def plan_of(run: Run) -> BoundPlan:
    """The bound plan of `run`. Snapshots are immutable, so their SHA-256 is the cache's key."""
    found = _PARSED.get(run.plan_sha256)
    if found is None:
        if len(_PARSED) > _MOST:
            _PARSED.clear()
        found = _PARSED[run.plan_sha256] = BoundPlan.from_snapshot(run.plan)
    return found


def rules_in(run: Run) -> Mapping[str, Rule]:
    """The rules of `run`'s plan by check, read once per content: they are needed at every tick."""
    found = _RULES.get(run.plan_sha256)
    if found is None:
        if len(_RULES) > _MOST:
            _RULES.clear()
        found = _RULES[run.plan_sha256] = rules_of(plan_of(run))
    return found


def phase_of(run: Run) -> Phase:
    """The phase `run` is in. Only for runs that were started."""
    return plan_of(run).plan.phases[run.phase]


def runbook_of(migration: Migration) -> Runbook | None:
    """The text of the plan that `migration` has now; None where none was kept."""
    texts = Runbook.objects.filter(migration=migration, plan_sha256=migration.sha256)
    return texts.order_by("-loaded_at", "-pk").first()

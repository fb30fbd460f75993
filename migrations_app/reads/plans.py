"""The plan a run executes: its frozen snapshot, parsed once per content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.plan.bind import BoundPlan
from migrations_app.models import Runbook

if TYPE_CHECKING:
    from migrations_app.domain.plan.phase import Phase
    from migrations_app.models import Migration, Run

_PARSED: dict[str, BoundPlan] = {}


def plan_of(run: Run) -> BoundPlan:
    """The bound plan of `run`. Snapshots are immutable, so their SHA-256 is the cache's key."""
    found = _PARSED.get(run.plan_sha256)
    if found is None:
        if len(_PARSED) > 256:
            _PARSED.clear()
        found = _PARSED[run.plan_sha256] = BoundPlan.from_snapshot(run.plan)
    return found


def phase_of(run: Run) -> Phase:
    """The phase `run` is in. Only for runs that were started."""
    return plan_of(run).plan.phases[run.phase]


def runbook_of(migration: Migration) -> Runbook | None:
    """The text of the plan that `migration` has now; None where none was kept."""
    texts = Runbook.objects.filter(migration=migration, plan_sha256=migration.sha256)
    return texts.order_by("-loaded_at", "-pk").first()

"""Where a run went another way than its plan: amendments, holds, overrides, ways back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Q

from migrations_app.domain.timeline import Kind
from migrations_app.models import Event

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.models import Run

MOST: Final = 60
"""How many are shown, the newest; the timeline has them all."""

_KINDS: Final = (
    Kind.AMENDED, Kind.NO_GO, Kind.GATE_EXPIRED, Kind.HELD, Kind.FROZEN, Kind.ROLLBACK,
    Kind.RESUMED, Kind.SHIFT_FAILED, Kind.DRIFT, Kind.HANDED_OVER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One path of the plan that an amendment changed, with both values as they are written."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Deviation:
    """One entry of the timeline that the plan did not foresee. `more`: changes not listed."""

    seq: int
    at: datetime
    kind: str
    sentence: str
    actor: str
    changes: tuple[Change, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Deviations:
    """Oldest first. `older`: whether there were more before them."""

    entries: tuple[Deviation, ...]
    older: bool


def deviations(run: Run) -> Deviations:
    """In one query."""
    over = Q(kind__in=(Kind.GO, Kind.COMPLETED), payload__overrides__0__isnull=False)
    unforeseen = Q(kind__in=_KINDS) | over
    rows = list(Event.objects.filter(unforeseen, run=run).order_by("-seq")[: MOST + 1])
    shown = reversed(rows[:MOST])
    return Deviations(tuple(_deviation(row) for row in shown), len(rows) > MOST)


def _deviation(row: Event) -> Deviation:
    told = row.payload.get("changes", ()) if row.kind == Kind.AMENDED else ()
    changes = tuple(Change(path, _written(old), _written(new)) for path, old, new in told)
    more = int(row.payload.get("changes_total", len(changes))) - len(changes) if told else 0
    return Deviation(row.seq, row.at, row.kind, row.sentence, row.actor, changes, more)


def _written(value: Any) -> str:
    text = value if isinstance(value, str) else str(value)
    return text if len(text) <= 120 else f"{text[:119]}…"

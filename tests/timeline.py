"""What must hold of every timeline, whatever happened."""

from __future__ import annotations

from typing import Any

from migrations_app.domain.timeline import Entry, verify
from migrations_app.models import Event, Run


def entries(run_id: int) -> list[Entry]:
    """The run's timeline as it is stored."""
    rows = Event.objects.filter(run_id=run_id).order_by("seq")
    return [_entry(row) for row in rows]


def _entry(row: Event) -> Entry:
    fields: dict[str, Any] = {name: getattr(row, name) for name in Entry.__slots__ if name != "run"}
    return Entry(run=row.run_id, **fields)


def assert_whole(run_id: int) -> None:
    """The chain verifies up to the head the run remembers."""
    run = Run.objects.get(pk=run_id)
    assert verify(entries(run_id), head=run.head_hash) == []
    assert Event.objects.filter(run=run).count() == run.seq

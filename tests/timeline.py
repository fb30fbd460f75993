"""What must hold of every timeline, whatever happened."""

from __future__ import annotations

from migrations_app.domain.timeline import Entry, verify
from migrations_app.models import Event, Run


def entries(run_id: int) -> list[Entry]:
    """The run's timeline as it is stored."""
    fields = Entry.__slots__
    rows = Event.objects.filter(run_id=run_id).order_by("seq")
    return [
        Entry(**{name: row.run_id if name == "run" else getattr(row, name) for name in fields})
        for row in rows
    ]


def assert_whole(run_id: int) -> None:
    """The chain verifies up to the head the run remembers."""
    run = Run.objects.get(pk=run_id)
    assert verify(entries(run_id), head=run.head_hash) == []
    assert Event.objects.filter(run=run).count() == run.seq

"""One entry: with its evidence, its place in the chain, and what was written around it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.models import Event, Run
from migrations_app.reads.snapshot import snapshot
from migrations_app.reads.timeline.entry import EntryView, as_entry, entry_view
from migrations_app.reads.timeline.shown import Shown, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

AROUND = 4
NOTES = 200


@dataclass(frozen=True, slots=True)
class Single:
    """Entry `shown` of a run that has `last` entries; what came after it and before, newest first.

    `sealed`: it carries the hash of what it says. `follows`: and the hash of the entry before it.
    """

    run: Run
    last: int
    shown: Shown
    newer: tuple[EntryView, ...]
    older: tuple[EntryView, ...]
    prev_hash: str
    sealed: bool
    follows: bool

    @property
    def next(self) -> int | None:
        """The seq after it."""
        return self.newer[-1].seq if self.newer else None

    @property
    def previous(self) -> int | None:
        """The seq before it."""
        return self.older[0].seq if self.older else None


def single(run_id: int, seq: int, notes: int = NOTES) -> Single | None:
    """Entry `seq` of a run, in four queries; None where there is none."""
    with snapshot():
        run = Run.objects.select_related("migration").defer("plan").get(pk=run_id)
        near = Event.objects.filter(run_id=run_id, seq__range=(seq - AROUND, seq + AROUND))
        rows = {row.seq: row for row in near}
        return _single(run, rows, seq, notes) if seq in rows else None


def _single(run: Run, rows: Mapping[int, Event], seq: int, notes: int) -> Single:
    row, before = rows[seq], rows.get(seq - 1)
    [one] = shown(run.pk, [row], notes)
    views = [entry_view(rows[number]) for number in sorted(rows, reverse=True)]
    return Single(
        run=run,
        last=run.seq,
        shown=one,
        newer=tuple(view for view in views if view.seq > seq),
        older=tuple(view for view in views if view.seq < seq),
        prev_hash=row.prev_hash,
        sealed=as_entry(row).seal() == row.hash,
        follows=row.prev_hash == (before.hash if before else ""),
    )

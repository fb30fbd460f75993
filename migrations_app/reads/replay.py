"""Judge a run again from what is recorded of it, as of one moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from migrations_app.domain.replay import Replay, Sample, told
from migrations_app.domain.verdict.memory import Memory
from migrations_app.models import Check, Reading, Run
from migrations_app.reads.snapshot import snapshot
from migrations_app.reads.story import entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.replay import Replayed
    from migrations_app.domain.verdict.memory import MemoryJSON

_AT_ONCE = 2000


def replay(run_id: int) -> Replayed:
    """A live run or one that is over. Raises `Run.DoesNotExist`."""
    with snapshot():
        run = Run.objects.get(pk=run_id)
        again = Replay(told(run.plan, entries_of(run_id)))
        for sample in samples(run_id):
            again.play(sample)
        rows = Check.objects.filter(run=run, evaluated_at__isnull=False)
        return again.finish({row.name: _memory(row) for row in rows})


def samples(run_id: int) -> Iterator[Sample]:
    """Every reading in the order in which they were judged, some thousand in memory at a time."""
    rows = Reading.objects.filter(run_id=run_id).order_by("id")
    for row in rows.iterator(chunk_size=_AT_ONCE):
        yield Sample(row.check_name, row.leg, row.at, row.settled_at, row.status, row.evidence)


def _memory(row: Check) -> Memory:
    return Memory.from_json(cast("MemoryJSON", row.memory))

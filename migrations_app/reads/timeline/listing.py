"""A page of what somebody looks for, with how much there is of everything else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import connection

from migrations_app.domain.groups import KINDS, Group
from migrations_app.domain.timeline import Kind
from migrations_app.models import Pin, Run
from migrations_app.reads.snapshot import snapshot
from migrations_app.reads.timeline.page import PAGE
from migrations_app.reads.timeline.shown import shown
from migrations_app.reads.timeline.wanted import newest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.reads.timeline.shown import Shown
    from migrations_app.reads.timeline.wanted import Wanted

COUNTED = 1000
"""Beyond this nobody counts: not the reader, and not the database."""


@dataclass(frozen=True, slots=True)
class Listing:
    """Entries newest first. `older`: ask for entries before this one; None at the end.

    `last`: the run's newest entry. `counts`: how many entries each group has, up to `COUNTED`.
    """

    run: Run
    last: int
    entries: tuple[Shown, ...]
    older: int | None
    counts: Mapping[Group, int]


def listing(run_id: int, wanted: Wanted, size: int = PAGE) -> Listing:
    """One page, in the same six queries whatever is wanted. Raises `Run.DoesNotExist`."""
    with snapshot():
        run = Run.objects.select_related("migration").defer("plan").get(pk=run_id)
        rows = list(newest(run_id, wanted, size + 1))
        older = rows[size - 1].seq if len(rows) > size else None
        return Listing(run, run.seq, shown(run_id, rows[:size]), older, _counts(run_id))


def news(run_id: int, wanted: Wanted, most: int = PAGE) -> int:
    """How many wanted entries there are after `wanted.after`; one more than `most` for "many"."""
    return len(newest(run_id, wanted, most + 1).values_list("seq"))


_COUNT = """
SELECT wanted.kind, count(*)
  FROM unnest(%s::text[]) AS wanted (kind)
 CROSS JOIN LATERAL (
       SELECT FROM migrations_app_event
        WHERE run_id = %s AND kind = wanted.kind LIMIT %s) AS found
 GROUP BY wanted.kind
"""


def _counts(run_id: int) -> dict[Group, int]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [[kind.value for kind in Kind], run_id, COUNTED])
        found = dict(cursor.fetchall())
    counts = {
        group: min(COUNTED, sum(found.get(kind, 0) for kind in kinds))
        for group, kinds in KINDS.items()
    }
    return counts | {Group.PINNED: Pin.objects.filter(run_id=run_id).count()}

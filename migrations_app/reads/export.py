"""Read a run's whole timeline out, page by page, as one document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async

from migrations_app.domain import export
from migrations_app.models import Event, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.timeline import as_entry

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_PAGE = 500


async def exported(run_id: int) -> AsyncIterator[str]:
    """The export in pieces. No transaction is held: up to the head nothing can change any more.

    Raises `Run.DoesNotExist` before the first piece.
    """
    head = await sync_to_async(_head)(run_id)
    yield export.opening(head)
    comma = ""
    for after in range(0, head.seq, _PAGE):
        for line in await sync_to_async(_lines)(run_id, after, min(after + _PAGE, head.seq)):
            yield comma + line
            comma = ",\n"
    yield export.CLOSING


def _head(run_id: int) -> export.Head:
    run = Run.objects.select_related("migration").get(pk=run_id)
    return export.Head(
        run=run.pk,
        migration=run.migration.slug,
        environment=run.environment,
        state=run.state,
        seq=run.seq,
        head_hash=run.head_hash,
        exported_at=db_now(),
        plan=run.plan,
    )


def _lines(run_id: int, after: int, upto: int) -> list[str]:
    events = Event.objects.filter(run_id=run_id, seq__gt=after, seq__lte=upto).order_by("seq")
    return [export.line(as_entry(event)) for event in events]

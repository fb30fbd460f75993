"""Read a run's whole timeline out, chunk by chunk, for documents that are kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async

from migrations_app.domain import export
from migrations_app.models import Event, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.replay import samples
from migrations_app.reads.snapshot import snapshot
from migrations_app.reads.story import entries_of
from migrations_app.reads.timeline import as_entry
from migrations_app.reads.timeline.shown import shown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator
    from datetime import datetime

    from migrations_app.reads.timeline import Shown

_PAGE = 500
_NOTES = 200


@dataclass(frozen=True, slots=True)
class Cover:
    """Which run a document is about, and where its timeline ended at `at`."""

    run: int
    slug: str
    title: str
    environment: str
    kind: str
    state: str
    seq: int
    head_hash: str
    at: datetime


def cover(run_id: int) -> Cover:
    """The cover of a run as it is now. Raises `Run.DoesNotExist`."""
    run = Run.objects.select_related("migration").defer("plan").get(pk=run_id)
    return Cover(
        run=run.pk,
        slug=run.migration.slug,
        title=run.migration.title,
        environment=run.environment,
        kind=run.kind,
        state=run.state,
        seq=run.seq,
        head_hash=run.head_hash,
        at=db_now(),
    )


async def chunks(run_id: int, upto: int) -> AsyncIterator[tuple[Shown, ...]]:
    """Every entry up to seq `upto`, oldest first, with its pin and its notes, some at a time.

    No transaction is held: up to there nothing but pins can change any more.
    """
    for after in range(0, upto, _PAGE):
        yield await sync_to_async(_shown)(run_id, after, min(after + _PAGE, upto))


def _shown(run_id: int, after: int, upto: int) -> tuple[Shown, ...]:
    return shown(run_id, _events(run_id, after, upto), _NOTES)


def with_readings(run_id: int) -> Iterator[str]:
    """The export with every reading in it, as of one moment: enough to judge the run again.

    Raises `Run.DoesNotExist` before the first piece.
    """
    with snapshot():
        yield export.opening(_head(run_id))
        yield from joined(export.line(entry) for entry in entries_of(run_id))
        yield export.READINGS
        yield from joined(map(export.measured, samples(run_id)))
        yield export.CLOSING


def joined(lines: Iterable[str]) -> Iterator[str]:
    """With a comma between them."""
    comma = ""
    for line in lines:
        yield comma + line
        comma = ",\n"


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
    return [export.line(as_entry(event)) for event in _events(run_id, after, upto)]


def _events(run_id: int, after: int, upto: int) -> list[Event]:
    rows = Event.objects.filter(run_id=run_id, seq__gt=after, seq__lte=upto)
    return list(rows.order_by("seq"))

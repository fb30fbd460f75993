"""The plain timeline: entries newest first, a page at a time, as rooms and desks show it."""

from __future__ import annotations

from dataclasses import dataclass

from migrations_app.models import Event
from migrations_app.reads.timeline.entry import EntryView, entry_view

PAGE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """Some entries, newest first. `older`: ask for entries before this one; None at the end."""

    entries: tuple[EntryView, ...]
    older: int | None


def page(run_id: int, before: int | None = None, size: int = PAGE) -> Page:
    """One page of a run's timeline, in one query. `before`: only entries with a smaller seq."""
    rows = Event.objects.filter(run_id=run_id).order_by("-seq")
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found = [entry_view(row) for row in rows[: size + 1]]
    older = found[size - 1].seq if len(found) > size else None
    return Page(tuple(found[:size]), older)

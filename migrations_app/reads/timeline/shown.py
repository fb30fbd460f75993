"""Entries together with what people added to them: pins, and the notes beneath."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Window
from django.db.models.fields.json import KT
from django.db.models.functions import RowNumber

from migrations_app.domain.timeline import Kind
from migrations_app.models import Event, Pin
from migrations_app.reads.timeline.entry import EntryView, entry_view

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

NOTES = 3
"""How many notes are shown beneath an entry in a list, the newest; its own page shows more."""


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note about an entry; it is entry `seq` itself."""

    seq: int
    at: datetime
    actor: str
    text: str


@dataclass(frozen=True, slots=True)
class PinView:
    """Who pinned an entry, and when."""

    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with its pin and its newest notes, oldest first. `more`: there are others before."""

    entry: EntryView
    pin: PinView | None
    notes: tuple[NoteView, ...]
    more: bool


def shown(run_id: int, rows: Iterable[Event], notes: int = NOTES) -> tuple[Shown, ...]:
    """The entries of these rows, in their order, in two queries."""
    entries = [entry_view(row) for row in rows]
    seqs = [one.seq for one in entries]
    pins, said = _pins(run_id, seqs), _notes(run_id, seqs, notes)
    return tuple(_shown(one, pins, said.get(one.seq, []), notes) for one in entries)


def _shown(
    entry: EntryView, pins: Mapping[int, PinView], said: Sequence[NoteView], notes: int
) -> Shown:
    newest = said[:notes]
    return Shown(entry, pins.get(entry.seq), tuple(reversed(newest)), len(said) > notes)


def _pins(run_id: int, seqs: Sequence[int]) -> dict[int, PinView]:
    rows = Pin.objects.filter(run_id=run_id, event__seq__in=seqs)
    found = rows.values_list("event__seq", "by", "at")
    return {seq: PinView(by, at) for seq, by, at in found}


def _notes(run_id: int, seqs: Sequence[int], most: int) -> dict[int, list[NoteView]]:
    """Newest first; one more than are shown, to know whether there are more."""
    nth = Window(RowNumber(), partition_by=F("about"), order_by=F("seq").desc())
    rows = (
        Event.objects.filter(run_id=run_id, kind=Kind.NOTE)
        .annotate(about=KT("payload__about"))
        .filter(about__in=[str(seq) for seq in seqs])
        .annotate(nth=nth)
        .filter(nth__lte=most + 1)
        .order_by("-seq")
    )
    found: dict[int, list[NoteView]] = {}
    for row in rows:
        about = row.payload["about"]
        found.setdefault(about, []).append(_note(row, about))
    return found


def _note(row: Event, about: int) -> NoteView:
    text = row.sentence.removeprefix(f"{row.actor} on entry {about}: ")
    return NoteView(row.seq, row.at, row.actor, text)

"""What somebody looks for in a timeline, and the entries that are it, however many there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery

from migrations_app.domain.groups import KINDS, Group
from migrations_app.domain.searching import tsquery
from migrations_app.models import Event
from migrations_app.models.words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from migrations_app.domain.timeline import Kind


@dataclass(frozen=True, slots=True)
class Wanted:
    """`text` is what was typed, in any form. `before` and `after` are seqs, both exclusive."""

    group: Group | None = None
    text: str = ""
    before: int | None = None
    after: int | None = None

    @property
    def anything(self) -> bool:
        """Whether every entry will do."""
        return self.group is None and not self.text.strip()

    def since(self, seq: int) -> Wanted:
        """The same, of what was written after entry `seq`."""
        return replace(self, before=None, after=seq)


def newest(run_id: int, wanted: Wanted, size: int) -> QuerySet[Event]:
    """The newest entries of a run that are wanted, newest first, at most `size`."""
    rows = _between(Event.objects.filter(run_id=run_id), wanted)
    if wanted.text.strip():
        rows = _worded(rows, wanted.text)
    if wanted.group is None:
        return _cut(rows, size)
    if wanted.group is Group.PINNED:
        return _cut(rows.filter(pin__run_id=run_id), size)
    if wanted.text.strip():
        return _cut(rows.filter(kind__in=KINDS[wanted.group]), size)
    return _merged(rows, KINDS[wanted.group], size)


def _between(rows: QuerySet[Event], wanted: Wanted) -> QuerySet[Event]:
    if wanted.before is not None:
        rows = rows.filter(seq__lt=wanted.before)
    if wanted.after is not None:
        rows = rows.filter(seq__gt=wanted.after)
    return rows


def _worded(rows: QuerySet[Event], text: str) -> QuerySet[Event]:
    """Those with all the words; none where there is no word in what was typed."""
    asked = tsquery(text)
    if not asked:
        return rows.none()
    query = SearchQuery(asked, config="simple", search_type="raw")
    return rows.alias(words=Words()).filter(words=query)


def _merged(rows: QuerySet[Event], kinds: Sequence[Kind], size: int) -> QuerySet[Event]:
    """One ordered walk per kind, merged: never more rows than are shown, however rare a kind is."""
    first, *others = (_cut(rows.filter(kind=kind), size) for kind in kinds)
    return first.union(*others, all=True).order_by("-seq")[:size]


def _cut(rows: QuerySet[Event], size: int) -> QuerySet[Event]:
    return rows.order_by("-seq")[:size]

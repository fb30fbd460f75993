"""The list itself: one page, in the same number of queries however many runs there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from migrations_app.domain.states import LIVE, WHO, State, Verb
from migrations_app.models import Membership, Migration, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.runs.kept import kept
from migrations_app.reads.runs.past import Past, past
from migrations_app.reads.runs.standing import Standing, standing
from migrations_app.reads.runs.view import MigrationView, migration_view
from migrations_app.reads.snapshot import snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

PAGE = 20
AT_MOST = 100
"""How many live runs are shown, and how many planned ones; whoever has more searches."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Live, next and past, newest first each; and what a run may be planned of.

    `member`: whether this person holds a role anywhere at all.
    """

    live: tuple[Standing, ...]
    planned: tuple[Standing, ...]
    past: Past
    migrations: tuple[MigrationView, ...]
    member: bool

    @property
    def empty(self) -> bool:
        """Whether there is no run to show."""
        return not (self.live or self.planned or self.past.runs)

    @property
    def yours(self) -> int:
        """How many of them wait for this person."""
        return sum(bool(one.yours) for one in (*self.live, *self.planned))


def runs(user_id: int, text: str = "", before: int | None = None, size: int = PAGE) -> Runs:
    """Runs of the migrations in which this person holds a role.

    `text`: words that title, slug or environment must contain. `before`: past runs older than this.
    """
    with snapshot():
        mine = Migration.objects.filter(members__user_id=user_id, members__user__is_active=True)
        rows = _worded(Run.objects.filter(migration__in=mine.values("pk")), text)
        rows = rows.select_related("migration").defer("migration__plan")
        live, planned = rows.filter(state__in=_LIVE), rows.filter(state=State.PLANNED)
        found = _standing([*live[:AT_MOST], *planned[:AT_MOST]], user_id)
        plannable = _plannable(mine, user_id)
        over = past(rows, before, size)
        return Runs(
            live=tuple(one for one in found if one.run.state in LIVE),
            planned=tuple(one for one in found if one.run.state is State.PLANNED),
            past=over,
            migrations=plannable,
            member=bool(found or plannable or over.runs) or mine.exists(),
        )


_LIVE = sorted(state.value for state in LIVE)


def _standing(rows: Sequence[Run], user_id: int) -> list[Standing]:
    """Those that wait for this person first."""
    now = db_now()
    shared = kept(rows, now)
    found = [standing(run, shared, user_id, now) for run in rows]
    return sorted(found, key=lambda one: not one.yours)


def _plannable(mine: QuerySet[Migration], user_id: int) -> tuple[MigrationView, ...]:
    starting = Membership.objects.filter(user_id=user_id, role__in=WHO[Verb.START], backup=False)
    rows = mine.filter(pk__in=starting.values("migration")).distinct()
    return tuple(migration_view(one) for one in rows)


def _worded(rows: QuerySet[Run], text: str) -> QuerySet[Run]:
    for word in text.replace("\x00", "").split()[:8]:
        rows = rows.filter(
            Q(migration__title__icontains=word)
            | Q(migration__slug__icontains=word)
            | Q(environment__icontains=word)
        )
    return rows

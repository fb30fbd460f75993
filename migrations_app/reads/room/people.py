"""Who holds which role in the migration, whether they are here, and what they are waited for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Subquery

from migrations_app.domain.nudging import WINDOW, again_at
from migrations_app.domain.owing import Chair, Owed, owed
from migrations_app.domain.plan.people import Role
from migrations_app.domain.presence import Presence, presence
from migrations_app.models import Membership, Nudge
from migrations_app.models import Presence as Seen
from migrations_app.reads.comms import next_update
from migrations_app.reads.room.gate import gate_box
from migrations_app.reads.room.offers import OfferView, offers
from migrations_app.reads.room.steps import steps as steps_of
from migrations_app.reads.room.waiting import Manned, Told, waits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from migrations_app.domain.owing import Waits
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.models import Run
    from migrations_app.reads.room.gate import GateBox
    from migrations_app.reads.room.steps import StepView

Nudges = dict[tuple[int, str], list["datetime"]]


@dataclass(frozen=True, slots=True)
class OwedView:
    """Something a person is waited for. `again_at`: they were nudged; when they may be again.

    `late`: the time it was promised or expected for has passed.
    """

    owed: Owed
    again_at: datetime | None
    late: bool = False

    @property
    def due_at(self) -> datetime | None:
        """When it was promised, or expected."""
        return self.owed.due_at

    @property
    def about(self) -> str:
        """What a nudge names."""
        return self.owed.about

    @property
    def what(self) -> str:
        """In words, as in "raj owes the sign-off for database"."""
        return self.owed.what


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person in one role. `backup` stands in when the holder can't.

    `away_since`: when they were last here, None while they are and if they never were. `signed_at`:
    when they signed for this role at the open gate. `offering`: to whom they offer this role.
    `owes`: what the room waits for from them; `stands_in`: what it would ask them for next.
    """

    role: Role
    name: str
    backup: bool
    user_id: int
    presence: Presence
    away_since: datetime | None
    signed_at: datetime | None
    offering: OfferView | None
    owes: tuple[OwedView, ...]
    stands_in: tuple[OwedView, ...]

    @property
    def here(self) -> bool:
        return self.presence is Presence.HERE

    @property
    def nudgeable(self) -> tuple[OwedView, ...]:
        """What they can be asked for now."""
        return tuple(one for one in (*self.owes, *self.stands_in) if one.again_at is None)


def crew_of(run: Run, bound: BoundPlan, now: datetime) -> tuple[PersonView, ...]:
    """The crew of a run, for whoever has read nothing else of it yet."""
    promise = next_update(run, bound, now)
    told = Told(now, offers(run, now), promise.due_at if promise else None)
    return crew(run, gate_box(run, bound, now), steps_of(run, bound, now), told)


def crew(
    run: Run, gate: GateBox | None, steps: Sequence[StepView], told: Told
) -> tuple[PersonView, ...]:
    """Everyone active who can do something, in two queries: role by role, holders first."""
    rows, now = _rows(run), told.now
    waiting = waits(run, gate, steps, told, _manned(rows))
    signed = {(one.by, one.role): one.at for one in gate.signatures} if gate else {}
    shown = _Shown(waiting, signed, told.offers, _nudges(run, now), now)
    first = {row.user_id: row.pk for row in reversed(rows)}
    return tuple(shown.person(row, first=first[row.user_id] == row.pk) for row in rows)


def _manned(rows: Sequence[Membership]) -> Manned:
    held = [row for row in rows if not row.backup]
    deciders = [row.user.get_username() for row in held if row.role == Role.DRI]
    return Manned(deciders, set(Role) - {Role(row.role) for row in held})


@dataclass(frozen=True, slots=True)
class _Shown:
    """What every person's view is made of."""

    waits: Waits
    signed: Mapping[tuple[str, Role], datetime]
    offers: Sequence[OfferView]
    nudges: Nudges
    now: datetime

    def person(self, row: Membership, *, first: bool) -> PersonView:
        """`first`: of the rows of one person, the one where what concerns them alone is told."""
        name, role = row.user.get_username(), Role(row.role)
        seen: datetime | None = row.seen_at  # type: ignore[attr-defined]  # annotated in _rows
        known = presence(seen, self.now)
        wanted = owed(Chair(name, role, row.backup, first), self.waits)
        return PersonView(
            role=role,
            name=name,
            backup=row.backup,
            user_id=row.user_id,
            presence=known,
            away_since=seen if known is Presence.AWAY else None,
            signed_at=self.signed.get((name, role)),
            offering=self._offering(name, role),
            owes=tuple(self._view(row, one) for one in wanted if not one.standing_in),
            stands_in=tuple(self._view(row, one) for one in wanted if one.standing_in),
        )

    def _offering(self, name: str, role: Role) -> OfferView | None:
        mine = (one for one in self.offers if (one.giver, one.role) == (name, role))
        return next(mine, None)

    def _view(self, row: Membership, one: Owed) -> OwedView:
        again = again_at(self.nudges.get((row.user_id, one.about), ()), self.now)
        return OwedView(one, again, one.due_at is not None and one.due_at <= self.now)


def _rows(run: Run) -> list[Membership]:
    seen = Seen.objects.filter(run=run, user=OuterRef("user")).values("at")
    rows = (
        Membership.objects.filter(migration_id=run.migration_id, user__is_active=True)
        .exclude(role=Role.OBSERVER)
        .select_related("user")
        .annotate(seen_at=Subquery(seen[:1]))
        .order_by("backup", "user__username")
    )
    order = list(Role)
    return sorted(rows, key=lambda row: order.index(Role(row.role)))


def _nudges(run: Run, now: datetime) -> Nudges:
    found: Nudges = {}
    recent = Nudge.objects.filter(run=run, at__gt=now - WINDOW)
    for user_id, about, at in recent.values_list("user_id", "about", "at"):
        found.setdefault((user_id, about), []).append(at)
    return found


def observers(run: Run) -> int:
    """How many only watch. There may be thousands."""
    watching = Membership.objects.filter(migration_id=run.migration_id, role=Role.OBSERVER)
    return watching.filter(user__is_active=True).count()

"""Roles that are being offered: open to everybody in the room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.handing import OFFER_STANDS, stands_until
from migrations_app.domain.plan.people import Role
from migrations_app.models import Handover

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from migrations_app.models import Run


@dataclass(frozen=True, slots=True)
class OfferView:
    """One offer that can still be answered, until `until`."""

    id: int
    role: Role
    giver: str
    taker: str
    note: str
    offered_at: datetime
    until: datetime


def offers(run: Run, now: datetime) -> tuple[OfferView, ...]:
    """Every offer that stands in the run's migration, oldest first."""
    return offers_in([run.migration_id], now).get(run.migration_id, ())


def offers_in(migrations: Collection[int], now: datetime) -> dict[int, tuple[OfferView, ...]]:
    """The same for many migrations, by their ids, in one query."""
    rows = Handover.objects.filter(
        migration_id__in=migrations, outcome="", offered_at__gt=now - OFFER_STANDS
    ).select_related("giver", "taker")
    found: dict[int, tuple[OfferView, ...]] = {}
    for row in rows.order_by("pk"):
        found[row.migration_id] = (*found.get(row.migration_id, ()), _view(row))
    return found


def _view(row: Handover) -> OfferView:
    return OfferView(
        id=row.pk,
        role=Role(row.role),
        giver=row.giver.get_username(),
        taker=row.taker.get_username(),
        note=row.note,
        offered_at=row.offered_at,
        until=stands_until(row.offered_at),
    )

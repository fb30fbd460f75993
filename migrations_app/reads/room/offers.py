"""Roles that are being offered: open to everybody in the room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.handing import OFFER_STANDS, stands_until
from migrations_app.domain.plan.people import Role
from migrations_app.models import Handover

if TYPE_CHECKING:
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
    rows = Handover.objects.filter(
        migration_id=run.migration_id, outcome="", offered_at__gt=now - OFFER_STANDS
    ).select_related("giver", "taker")
    return tuple(_view(row) for row in rows.order_by("pk"))


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

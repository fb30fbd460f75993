"""Who holds which role in the migration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.plan.people import Role
from migrations_app.models import Membership

if TYPE_CHECKING:
    from migrations_app.models import Run


@dataclass(frozen=True, slots=True)
class PersonView:
    """One person in one role. `backup` stands in when the holder can't."""

    role: Role
    name: str
    backup: bool


def people(run: Run) -> tuple[PersonView, ...]:
    """Everyone active who can do something, holders before backups, in the order of the roles."""
    rows = (
        Membership.objects.filter(migration_id=run.migration_id, user__is_active=True)
        .exclude(role=Role.OBSERVER)
        .select_related("user")
        .order_by("backup", "user__username")
    )
    seats = [PersonView(Role(row.role), row.user.get_username(), row.backup) for row in rows]
    order = list(Role)
    return tuple(sorted(seats, key=lambda seat: order.index(seat.role)))


def observers(run: Run) -> int:
    """How many only watch. There may be thousands."""
    watching = Membership.objects.filter(migration_id=run.migration_id, role=Role.OBSERVER)
    return watching.filter(user__is_active=True).count()

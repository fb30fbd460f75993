"""Write down who is in front of a room now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F

from migrations_app.domain.plan.people import Role
from migrations_app.models import Membership, Presence

if TYPE_CHECKING:
    from collections.abc import Collection


def seen(here: Collection[tuple[int, int]]) -> None:
    """`here`: pairs of a run and a person connected to it, as a process sees them; two queries.

    Who only watches leaves no trace: there may be thousands of them, and nobody asks where they
    are. It is no event either: it changes nothing that is decided.
    """
    rows = Membership.objects.filter(
        user__in={user for _, user in here}, migration__runs__in={run for run, _ in here}
    ).exclude(role=Role.OBSERVER)
    seats = rows.annotate(run_id=F("migration__runs")).values_list("run_id", "user_id")
    Presence.objects.bulk_create(
        # in one order, so that two processes never wait for one another
        [Presence(run_id=run, user_id=user) for run, user in sorted(set(seats) & set(here))],
        update_conflicts=True,
        unique_fields=["run", "user"],
        update_fields=["at"],
    )

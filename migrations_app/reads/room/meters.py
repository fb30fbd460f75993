"""What the instruments in the banner show: how long the way back took when it was last walked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Max, Q

from migrations_app.models import Latch

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from migrations_app.models import Run


@dataclass(frozen=True, slots=True)
class Walked:
    """A rollback that was measured. `took`: from the latch to the last route's read-back."""

    took: timedelta
    at: datetime
    kind: str


def walked(run: Run) -> Walked | None:
    """The newest rollback of this migration in which every route was read back, in one query."""
    flips = Q(run__routes__flips__purpose="rollback", run__routes__flips__leg=F("leg"))
    latches = (
        Latch.objects.filter(run__migration=run.migration_id)
        .annotate(
            confirmed=Max("run__routes__flips__confirmed_at", filter=flips),
            open=Max("run__routes__flips__id", filter=flips & _UNCONFIRMED),
        )
        .filter(confirmed__isnull=False, open__isnull=True)
        .order_by("-at")
    )
    found = latches.values_list("at", "confirmed", "run__kind").first()
    if found is None:
        return None
    called, confirmed, kind = found
    return Walked(confirmed - called, called, kind)


_UNCONFIRMED = Q(run__routes__flips__confirmed_at__isnull=True)

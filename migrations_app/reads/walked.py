"""What the instruments in the banner show: how long the way back took when it was last walked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from migrations_app.domain.timeline import Kind
from migrations_app.models import Event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from migrations_app.domain.timeline import Json


@dataclass(frozen=True, slots=True)
class Walked:
    """A rollback in which every route was read back, and that was measured.

    `took`: from `begun` (breach, click or trip) to the last read-back, and the time by which the
    clients of the slowest route follow late (a DNS record's TTL): what an RTO is about.
    `asked`: from the moment it was asked for.
    """

    took: timedelta
    asked: timedelta
    begun: str
    at: datetime
    kind: str

    @property
    def since(self) -> str:
        """What `took` counts from."""
        return _SINCE.get(self.begun, self.begun)

    @property
    def detected(self) -> bool:
        """Whether the clock ran before anybody asked."""
        return self.begun == "breach"


_SINCE: Final = {"breach": "the breach", "click": "the click", "trip": "the trip"}


def walked(slug: str) -> Walked | None:
    """The newest of the migration called `slug`, in one query."""
    return next(map(_walked, _restored(slug)[:1]), None)


def measured(slug: str) -> list[Walked]:
    """All of the migration called `slug`, newest first, in one query."""
    return [_walked(row) for row in _restored(slug)]


_Row = tuple["datetime", "Mapping[str, Json]", str]


def _restored(slug: str) -> QuerySet[Event, _Row]:
    found = Event.objects.filter(
        run__migration__slug=slug, kind=Kind.RESTORED, payload__seconds__isnull=False
    )
    return found.order_by("-at", "-id").values_list("at", "payload", "run__kind")


def _walked(row: _Row) -> Walked:
    at, told, kind = row
    took, asked = (timedelta(seconds=float(str(told[key]))) for key in ("seconds", "asked_seconds"))
    late = timedelta(seconds=float(str(told.get("lag_seconds", 0))))
    return Walked(took + late, asked, str(told["from"]), at, kind)

"""The clock of the next update: what was promised, what the plan asks for, and who is late."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Told:
    """The newest published update: when, and when it promised the next (None: it did not)."""

    at: datetime
    next_at: datetime | None


def due_at(
    started_at: datetime | None, newest: Told | None, cadence: timedelta | None
) -> datetime | None:
    """When the next update is due; None where none was promised.

    An update's own promise counts before the plan's cadence. Before the first update the cadence
    counts from the start of the run.
    """
    if newest is not None and newest.next_at is not None:
        return newest.next_at
    since = newest.at if newest is not None else started_at
    return None if since is None or cadence is None else since + cadence


def reminder(due: datetime, now: datetime, cadence: timedelta | None) -> int | None:
    """Which reminder is due: 0 when the promise is broken, then one per cadence; None before."""
    if now < due:
        return None
    return 0 if not cadence else int((now - due) / cadence)

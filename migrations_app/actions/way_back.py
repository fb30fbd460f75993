"""How long a way back took: from the breach or the click until every route was read back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from migrations_app.domain.duration import spoken
from migrations_app.models import Flip, Latch, Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.actions.lock import Locked

_AFTER: Final = {"breach": "the breach", "click": "the click", "trip": "the criterion tripped"}


def way_back(held: Locked) -> tuple[dict[str, object], str]:
    """What the entry of a rollback that is over says of it, and its sentence.

    `from`: what the clock runs from. That is the breach, the first bad sample of the check that
    tripped; or the click; or the trip, where nobody knows since when it was bad. `seconds` is
    from there to the last read-back; `asked_seconds` from the moment it was asked for; `routes`
    the same for each route; `lag_seconds` by how much clients of the slowest one follow later.

    Empty, and a plainer sentence, where not every route was read back.
    """
    sentence = "Rolled back: every route is confirmed at its baseline"
    latch = Latch.objects.get(run=held.run, leg=held.run.leg)
    read_back = _offline(latch) or _read_back(held)
    if not read_back:
        return {}, sentence
    asked, begins = _asked(latch), _begins(latch)
    begin = asked if begins is None or begins > asked else begins
    begun = "click" if latch.trigger == "click" else "breach" if begin != asked else "trip"
    done, lag = max(read_back.values()), _lag(held)
    payload = {
        "from": begun,
        "seconds": _seconds(begin, done),
        "breach_at": begin if begun == "breach" else None,
        "asked_at": asked,
        "asked_seconds": _seconds(asked, done),
        "lag_seconds": lag,
        "routes": {route: _seconds(asked, at) for route, at in read_back.items()},
    }
    late = f"; clients follow within {spoken(timedelta(seconds=lag))}" if lag else ""
    return payload, f"{sentence}, {spoken(done - begin)} after {_AFTER[begun]}{late}"


def _read_back(held: Locked) -> dict[str, datetime]:
    """When each route was confirmed on the way back of this leg; nothing if one was not."""
    run = held.run
    flips = Flip.objects.filter(route__run=run, leg=run.leg, purpose="rollback").order_by("id")
    found = dict(flips.values_list("route__name", "confirmed_at"))
    known = {route: at for route, at in found.items() if at is not None}
    return known if len(known) == len(found) else {}


def _lag(held: Locked) -> float:
    return max(Route.objects.filter(run=held.run).values_list("lag", flat=True), default=0.0)


def _asked(latch: Latch) -> datetime:
    journal = latch.evidence.get("journal")
    return datetime.fromisoformat(journal[0]["at"]) if journal else latch.at


def _offline(latch: Latch) -> dict[str, datetime]:
    """While PostgreSQL was away the journal alone knows when; by that machine's own clock."""
    lines: list[Mapping[str, str]] = latch.evidence.get("journal", [])
    return {
        str(line["route"]): datetime.fromisoformat(line["at"])
        for line in lines
        if line["what"] == "confirmed"
    }


def _begins(latch: Latch) -> datetime | None:
    """Since when the check that tripped was bad."""
    since = latch.evidence.get("since")
    return None if latch.trigger == "click" or not since else datetime.fromisoformat(str(since))


def _seconds(start: datetime, end: datetime) -> float:
    return round((end - start).total_seconds(), 3)

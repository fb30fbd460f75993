"""Take journals of this machine into the timeline, as soon as PostgreSQL is back."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User

from migrations_app.actions import engine, rollback
from migrations_app.actions.lock import locked
from migrations_app.actions.record import record
from migrations_app.actions.rollback import Back
from migrations_app.conductor import keep
from migrations_app.conductor.rollback import write_down
from migrations_app.domain.actor import ENGINE, Actor, Via
from migrations_app.domain.errors import Refused
from migrations_app.domain.sealed import Broken
from migrations_app.domain.timeline import Kind
from migrations_app.models import Event, Run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

log = logging.getLogger(__name__)

_PATIENCE_MS = 300
_COMPLAINED: set[Path] = set()  # this is tried ten times a second


def take_in() -> int:
    """Latch every run that was rolled back without us, and write down what was done.

    A journal that can't be believed stays where it is and goes on holding this machine back: a
    person has to look. One whose run is busy stays until the next time. How many were taken in.
    """
    return sum(_one(journal) for journal in keep.journals())


def _one(journal: Path) -> bool:
    try:
        said = keep.lines(journal)
        if not said:
            return False  # its first line is being written
        _latch(said)
        _tell(said)
    except (Broken, KeyError, TypeError, ValueError, OSError) as error:
        if journal not in _COMPLAINED:
            _COMPLAINED.add(journal)
            log.error("%s can't be believed, look at it: %s", journal, error)  # noqa: TRY400
        return False
    except Refused as busy:
        log.info("%s waits: %s", journal.name, busy.message)
        return False
    keep.taken(journal)
    return True


def _latch(said: Sequence[Mapping[str, Any]]) -> None:
    """The leg it was called in, by the caller. A run they can't latch waits for people."""
    first = said[0]
    if not Run.objects.filter(pk=first["run"], leg=first["leg"]).exists():
        return  # people resumed since: that call was for a leg that is over
    user = User.objects.filter(username=first["by"]).first()
    actor = Actor(first["by"], user.pk if user else None, Via.CLI)
    back = Back(first["reason"], first["typed"], sure=True, evidence={"journal": list(said)})
    try:
        rollback.latch(first["run"], actor, back)
    except Refused as refused:
        why = f"{actor.name} rolled back while PostgreSQL was away: {refused.message}"
        engine.hold(first["run"], why, "offline")
    else:
        write_down(first["run"], _PATIENCE_MS)


def _tell(said: Sequence[Mapping[str, Any]]) -> None:
    """Once, however often this is tried."""
    first = said[0]
    with locked(first["run"], _PATIENCE_MS) as held:
        mine = Event.objects.filter(run=held.run, kind=Kind.OFFLINE)
        if mine.filter(payload__journal__0__at=first["at"]).exists():
            return
        routes = sum(1 for line in said if line["what"] == "confirmed")
        sentence = (
            f"{first['by']} rolled back while PostgreSQL was away, at {first['at']}: {routes} "
            "routes read back at their baseline"
        )
        record(held, Kind.OFFLINE, sentence, ENGINE, payload={"journal": list(said)})

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
from migrations_app.domain.actor import ENGINE, Actor, Via
from migrations_app.domain.errors import Refused
from migrations_app.domain.sealed import Broken
from migrations_app.domain.timeline import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

log = logging.getLogger(__name__)


def take_in() -> int:
    """Latch every run that was rolled back without us, and write down what was done.

    A journal that can't be believed stays where it is and goes on holding this machine back: a
    person has to look. How many were taken in.
    """
    count = 0
    for journal in keep.journals():
        try:
            said = keep.lines(journal)
            if not said:
                continue  # its first line is being written
            _latch(said)
        except (Broken, KeyError, OSError) as error:
            log.error("%s can't be believed, look at it: %s", journal, error)  # noqa: TRY400
            continue
        keep.taken(journal)
        count += 1
    return count


def _latch(said: Sequence[Mapping[str, Any]]) -> None:
    first = said[0]
    run_id = int(first["run"])
    user = User.objects.filter(username=first["by"]).first()
    actor = Actor(first["by"], user.pk if user else None, Via.CLI)
    back = Back(first["reason"], first["typed"], sure=True, evidence={"journal": list(said)})
    try:
        rollback.latch(run_id, actor, back)
        rollback.write_down(run_id)
    except Refused as refused:
        engine.hold(run_id, f"{actor.name} rolled back while PostgreSQL was away; "
                    f"it can't be written down as such: {refused.message}", "offline")  # fmt: skip
    with locked(run_id) as held:
        routes = sum(1 for line in said if line["what"] == "confirmed")
        sentence = (
            f"{actor.name} rolled back while PostgreSQL was away, at {first['at']}: {routes} "
            "routes read back at their baseline"
        )
        record(held, Kind.OFFLINE, sentence, ENGINE, payload={"journal": list(said)})

"""Roll back while PostgreSQL is away: by what this machine remembers, written down meanwhile."""

from __future__ import annotations

import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from migrations_app.conductor import keep, seams
from migrations_app.domain.errors import Refused, SeamError, WarroomError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.conductor.keep import Journal
    from migrations_app.domain.keepsake import Keepsake, KeptRoute
    from migrations_app.drivers.base import Driver

PATIENCE_S: Final = 10.0
_PAUSE_S: Final = 0.2


@dataclass(frozen=True, slots=True)
class Call:
    """Who goes back, and why. `typed`: the phase's name, past the point of no return."""

    by: str
    reason: str
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """How far a route's way back is; `trouble` is empty where it was read back at its baseline."""

    route: str
    trouble: str


def remembered(text: str) -> Keepsake:
    """The run somebody means, by its number or its migration's slug. Raises `Refused`."""
    every = keep.keepsakes()
    found = [one for one in every if text in {str(one.run), one.migration}]
    if len(found) == 1:
        return found[0]
    known = ", ".join(f"{one.migration} (run {one.run})" for one in every) or "nothing"
    if found:
        raise Refused("ambiguous", f"{text} is several runs: {known}. Name one by its number.")
    raise Refused("unknown_run", f'This machine remembers no run "{text}"; it knows {known}.')


def roll_back(kept: Keepsake, call: Call) -> list[Done]:
    """Bring every route to its baseline, rank by rank, and read it back.

    Refused for whoever could not roll back when this was remembered, and past the point of no
    return until the phase's name is typed. The journal has begun before anything is moved.
    """
    _require(kept, call)
    with closing(keep.Journal(kept.run, kept.leg)) as journal:
        journal.line(
            "called", run=kept.run, leg=kept.leg, by=call.by, reason=call.reason, typed=call.typed,
            at=_now(), remembered_at=kept.at,
        )  # fmt: skip
        done: list[Done] = []
        for routes in _ranks(kept):
            done += _together(routes, journal)
        journal.line("ended", at=_now(), trouble=[one.route for one in done if one.trouble])
    return done


def _require(kept: Keepsake, call: Call) -> None:
    if call.by not in kept.people:
        raise Refused("not_allowed", f"{call.by} may not roll back {kept.migration}: "
                      f"{', '.join(kept.people) or 'nobody'} may.")  # fmt: skip
    if kept.typed and call.typed.strip() != kept.typed:
        raise Refused("typed_name", "This run is past the point of no return. "
                      f'To go back anyway, add --typed "{kept.typed}".')  # fmt: skip


def _ranks(kept: Keepsake) -> list[list[KeptRoute]]:
    ranks: dict[int, list[KeptRoute]] = defaultdict(list)
    for route in kept.routes:
        ranks[route.rank].append(route)
    return [ranks[rank] for rank in sorted(ranks)]


def _together(routes: Sequence[KeptRoute], journal: Journal) -> list[Done]:
    with ThreadPoolExecutor(len(routes), thread_name_prefix="offline") as pool:
        found = list(pool.map(_one, routes))
    for one, route in zip(found, routes, strict=True):
        what = "trouble" if one.trouble else "confirmed"
        journal.line(what, route=one.route, weight=route.baseline, at=_now(), why=one.trouble)
    return found


def _one(route: KeptRoute) -> Done:
    """Write and read until it is there. A route that is stuck does not stop the others."""
    try:
        driver = seams.driver(route.driver, route.config, f"routes.{route.name}")
    except WarroomError as error:
        return Done(route.name, str(error))
    until, trouble = time.monotonic() + PATIENCE_S, "it was never asked"
    while time.monotonic() < until:
        trouble = _try(driver, route)
        if not trouble:
            break
        time.sleep(_PAUSE_S)
    return Done(route.name, trouble)


def _try(driver: Driver, route: KeptRoute) -> str:
    """One round: look, write if need be, look again. A plane that can't be read is written to."""
    try:
        if driver.observe().weight == route.baseline:
            return ""
    except SeamError:
        pass  # blind, but towards the baseline
    try:
        driver.apply(route.baseline, None)
        seen = driver.observe().weight
    except SeamError as error:
        return str(error)
    return "" if seen == route.baseline else f"it still shows {seen.normalize():f} %"


def _now() -> str:
    """This machine's clock: there is no other."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")

"""Traffic: no write without an attempt, none for what was over, and in the end what was decided."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from migrations_app.domain.fold import Contradiction, fold
from migrations_app.domain.invariants.night import Night, Wrong
from migrations_app.domain.telling import Always, telling
from migrations_app.domain.timeline import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.domain.invariants.night import Tried

WROTE: Final = frozenset({"ok", "unknown", "open"})
CLOCKS: Final = timedelta(seconds=0.5)
"""How far the clocks of the database and of a load balancer may be apart."""


def intended(night: Night) -> Iterator[Wrong]:
    """Every write has an attempt that was written down before it, one each."""
    left: dict[tuple[str, Decimal], list[Tried]] = defaultdict(list)
    for tried in sorted(night.tried, key=lambda one: one.began_at, reverse=True):
        left[tried.route, tried.weight].append(tried)
    offline = any(entry.kind == Kind.OFFLINE for entry in night.entries)
    for write in sorted(night.writes, key=lambda one: one.at):
        candidates = left[write.route, write.weight]
        if candidates and candidates[-1].began_at <= write.at + CLOCKS:
            candidates.pop()
        elif not (offline and write.weight == _baseline(night, write.route)):
            yield Wrong(
                "intended", f"{write.route} was set to {write.weight} % and nobody had meant to"
            )


def _baseline(night: Night, route: str) -> Decimal:
    return next(one.baseline for one in night.plan.plan.routes if one.name == route)


def wanted(night: Night) -> Iterator[Wrong]:
    """Nothing is written but what was decided, and nothing for what was over when it began."""
    decided = _decided(night)
    for tried in night.tried:
        if tried.outcome not in WROTE:
            continue
        if tried.weight not in decided.get(tried.route, set()):
            yield Wrong("wanted", f"{tried.route} was to be {tried.weight} %: nobody decided that")
        closed = tried.flip_closed_at
        if closed is not None and tried.began_at > closed and not _same(night, tried):
            yield Wrong(
                "wanted",
                f"{tried.route} was written {tried.weight} % "
                f"{(tried.began_at - closed).total_seconds():.2f} s after that was over",
            )


def _same(night: Night, tried: Tried) -> bool:
    """Whether another decision wanted that very weight."""
    return tried.weight == _baseline(night, tried.route)


def _decided(night: Night) -> dict[str, set[Decimal]]:
    found: dict[str, set[Decimal]] = defaultdict(set)
    for route in night.plan.plan.routes:
        found[route.name].add(route.baseline)
    for story in _prefixes(night):
        for name, weight in story.items():
            found[name].add(weight)
    return found


def _prefixes(night: Night) -> Iterator[dict[str, Decimal]]:
    """What every entry says ought to be."""
    for entry in night.entries:
        yield dict(telling(Always, entry).weights)


def settled(night: Night) -> Iterator[Wrong]:
    """Once all is quiet, every plane shows what was decided last, or the timeline says that
    somebody else has moved it."""
    try:
        desired = fold(night.entries).desired
    except Contradiction:
        return  # said by another law
    astray = _astray(night)
    for route, weight in night.planes.items():
        ought = desired.get(route, _baseline(night, route))
        if ought != weight and route not in astray:
            yield Wrong("settled", f"{route} shows {weight} %, {ought} % was decided")


def _astray(night: Night) -> set[str]:
    """Routes whose drift was said, and nothing about them since."""
    found: set[str] = set()
    for entry, weights in zip(night.entries, _prefixes(night), strict=True):
        route = entry.payload.get("route") if isinstance(entry.payload, dict) else None
        found -= {*weights, str(route)}
        if entry.kind == Kind.DRIFT:
            found.add(str(route))
    return found


LAWS = {"intended": intended, "wanted": wanted, "settled": settled}

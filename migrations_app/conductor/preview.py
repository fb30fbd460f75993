"""What will happen: the exact change per route that entering a phase brings, as planes stand now.

Reads only. The planes are asked outside of any transaction, all at once, and for no longer than
`BUDGET_S`: one that does not answer is told as such beside those that did.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.conductor import seams
from migrations_app.conductor.lint import lint
from migrations_app.conductor.looks import LOOKS, Told, patiently, told
from migrations_app.domain.errors import ConfigError
from migrations_app.domain.lint.weights import weight_impossible
from migrations_app.domain.plan.problem import Severity
from migrations_app.domain.states import State
from migrations_app.domain.timeline import digest
from migrations_app.drivers.base import Observed
from migrations_app.reads.plan.ahead import Ahead, RouteAhead, Way, ahead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from decimal import Decimal

    from migrations_app.drivers.base import Driver

BUDGET_S: Final = 3.0


@dataclass(frozen=True, slots=True)
class RoutePreview:
    """One route: where its plane stands, what it would be told, and what would refuse it.

    `seen` None: it can't be read now, and `unread` says why. `lines` are the driver's own words,
    or `unsaid` says why there are none. `cannot`: why this weight is impossible there.
    """

    ahead: RouteAhead
    seen: Decimal | None
    detail: str
    unread: str
    cannot: str
    lines: tuple[str, ...]
    unsaid: str

    @property
    def drifts(self) -> bool:
        """Whether it stands where nobody of us asked it to."""
        return None not in (self.seen, self.ahead.desired) and self.seen != self.ahead.desired

    @property
    def changes(self) -> bool:
        """Whether anything would be different afterwards, as far as is known."""
        return self.seen is None or self.seen != self.ahead.weight

    @property
    def well(self) -> bool:
        return not (self.unread or self.cannot or self.drifts)


@dataclass(frozen=True, slots=True)
class Preview:
    """Entering one phase. `snags`: everything that stands against it now, a sentence each."""

    ahead: Ahead
    moving: tuple[RoutePreview, ...]
    staying: tuple[RoutePreview, ...]
    snags: tuple[str, ...]


def preview(run_id: int, phase: str) -> Preview | None:
    """What entering `phase` would do; None where the plan has no such phase. Writes nothing."""
    told_so_far = ahead(run_id, phase)
    if told_so_far is None:
        return None
    seen = _look(told_so_far)
    moving = tuple(seen[one.name] for one in told_so_far.moving)
    staying = tuple(seen[one.name] for one in told_so_far.staying)
    snags = tuple(_snags(told_so_far, (*moving, *staying)))
    return Preview(told_so_far, moving, staying, snags)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What one route's plane was asked: where it stands, and what it would be told."""

    route: RouteAhead
    cannot: str
    observed: Future[object]
    lines: Future[object]

    def told(self) -> RoutePreview:
        seen = told(self.observed, Observed, BUDGET_S)
        words = told(self.lines, tuple, BUDGET_S)
        return _preview(self.route, self.cannot, seen, words)


def _look(found: Ahead) -> dict[str, RoutePreview]:
    begun = {route.name: _begin(found, route) for route in found.routes}
    asked = [one for one in begun.values() if isinstance(one, _Asked)]
    patiently([future for one in asked for future in (one.observed, one.lines)], BUDGET_S)
    return {name: one.told() if isinstance(one, _Asked) else one for name, one in begun.items()}


def _begin(found: Ahead, route: RouteAhead) -> _Asked | RoutePreview:
    """Ask a route's plane, unless its driver can't even be built here."""
    binding = found.bound.routes[route.name]
    try:
        driver = seams.driver(binding.driver, binding.config, f"routes.{route.name}")
    except ConfigError as error:
        return _preview(route, "", Told(None, str(error)), Told(None, ""))
    plane = (binding.driver, digest(binding.config))
    return _Asked(
        route,
        driver.cannot(route.weight) or "",
        LOOKS.ask(("observe", *plane), driver.observe),
        LOOKS.ask(("preview", *plane, route.weight, bool(route.turn)), _words(driver, route)),
    )


def _words(driver: Driver, route: RouteAhead) -> Callable[[], tuple[str, ...]]:
    """A route that is left alone is told nothing."""
    return lambda: tuple(driver.preview(route.weight)) if route.turn else ()


def _preview(
    route: RouteAhead, cannot: str, seen: Told[Observed], words: Told[tuple[str, ...]]
) -> RoutePreview:
    return RoutePreview(
        ahead=route,
        seen=None if seen.value is None else seen.value.weight,
        detail="" if seen.value is None else seen.value.detail,
        unread=seen.trouble,
        cannot=cannot,
        lines=words.value or (),
        unsaid="" if cannot else words.trouble,
    )


def _snags(found: Ahead, routes: tuple[RoutePreview, ...]) -> Iterator[str]:
    for one in routes:
        yield from _snags_of(one)
    yield from _problems(found)
    yield from (_sentence(need.sentence) for need in found.needs)
    if found.way is Way.GO and found.state is not State.GATE:
        yield "The gate is not open yet."


def _snags_of(one: RoutePreview) -> Iterator[str]:
    title = one.ahead.title
    if one.unread:
        yield _sentence(f"{title} can't be read: {one.unread}")
    if one.drifts:
        yield (
            f"{title} is at {_percent(one.seen)} GREEN, ought to be at "
            f"{_percent(one.ahead.desired)}: somebody moved it."
        )
    if one.cannot:
        yield _sentence(f"{title} can't be set to {_percent(one.ahead.weight)}: {one.cannot}")


def _problems(found: Ahead) -> Iterator[str]:
    """What lint says against this phase. What drivers can't do is told route by route."""
    here = f"phases[{found.number - 1}]"
    for problem in lint(found.bound.whole()):
        if problem.path.startswith(here) and problem.code != weight_impossible.__name__:
            mild = "Worth a thought" if problem.severity is Severity.WARNING else "In the plan"
            yield f"{mild}: {problem.sentence}"


def _sentence(text: str) -> str:
    told_as = text[:1].upper() + text[1:]
    return told_as if told_as.endswith((".", "!", "?")) else f"{told_as}."


def _percent(weight: Decimal | None) -> str:
    return "nothing" if weight is None else f"{weight.normalize():f} %"

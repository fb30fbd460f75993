"""The plan's half: variables, routes, sources and channels, as one environment binds them."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from migrations_app.channels.base import CHANNELS
from migrations_app.conductor import lookups, seams, slack
from migrations_app.conductor.doctor_words import Part, found, ill, mind, well
from migrations_app.domain.envref import references
from migrations_app.domain.errors import ConfigError, SeamError
from migrations_app.domain.plan.rules import rule_of, texts_of
from migrations_app.domain.quantity import spoken
from migrations_app.domain.reading import Outcome
from migrations_app.domain.states import LIVE
from migrations_app.domain.verdict.evidence import baseline_question, questions
from migrations_app.domain.verdict.rule import BaselineKind
from migrations_app.drivers.base import DRIVERS
from migrations_app.models import Route
from migrations_app.models.clock import db_now
from migrations_app.reads.rehearsed import rehearsed
from migrations_app.sources.base import SOURCES
from migrations_app.sources.looked_up import LookedUp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from decimal import Decimal

    from migrations_app.conductor.doctor_words import Said
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.check import Check
    from migrations_app.domain.plan.schema import Route as RouteSpec
    from migrations_app.domain.reading import Query, Reading
    from migrations_app.drivers.base import Driver

_ELAPSED: Final = timedelta(hours=1)  # any will do for a budget's query before the start


def examine(bound: BoundPlan) -> Iterator[Part]:
    """Everything the plan needs of the world there. Slow things are asked at the same time."""
    name = bound.environment
    yield Part(f"{name}: variables", tuple(_variables(bound)))
    yield Part(f"{name}: way back", tuple(_way_back(bound)))
    visit = _Visit(bound, _desired(bound), db_now())
    yield Part(f"{name}: routes", visit.each(visit.route, [one.name for one in bound.plan.routes]))
    asked = visit.each(visit.source, list(bound.sources))
    yield Part(f"{name}: sources", (*asked, *_heard(bound, visit.at)))
    yield Part(f"{name}: channels", visit.each(visit.channel, list(bound.channels)))


def _variables(bound: BoundPlan) -> Iterator[Said]:
    bindings = (bound.routes, bound.sources, bound.channels)
    wanted = [(place, name) for part in bindings for place, one in part.items()
              for name in references(one.config)]  # fmt: skip
    for name in sorted({name for _, name in wanted}):
        if not os.environ.get(name):
            places = ", ".join(sorted({place for place, one in wanted if one == name}))
            yield ill(name, f"is not set; {places} can't be reached without it")
        else:
            yield well(name, "is set")


def _way_back(bound: BoundPlan) -> Iterator[Said]:
    """Production wants it rehearsed, measured and within the RTO. It works without, so mind it."""
    known = rehearsed(bound.plan.migration, bound)
    if known is not None:
        yield (well if known.well else mind)("rehearsed", known.sentence)


def _heard(bound: BoundPlan, at: datetime) -> Iterator[Said]:
    """Of what comes to us. What can't be built was told of already."""
    for name, binding in bound.sources.items():
        with suppress(ConfigError):
            yield from found(name, lookups.heard(name, binding, at))


def _desired(bound: BoundPlan) -> dict[str, Decimal]:
    """Where each route ought to be: as the live run there decided, else at its baseline."""
    live = Route.objects.filter(
        run__migration__slug=bound.plan.migration,
        run__environment=bound.environment,
        run__state__in=LIVE,
    )
    baselines = {route.name: route.baseline for route in bound.plan.routes}
    return baselines | dict(live.values_list("name", "desired"))


@dataclass(frozen=True, slots=True)
class _Visit:
    """One look around. `desired`: where each route ought to be; `at`: the moment asked about."""

    bound: BoundPlan
    desired: dict[str, Decimal]
    at: datetime

    def each(self, look: Callable[[str], list[Said]], names: Sequence[str]) -> tuple[Said, ...]:
        with ThreadPoolExecutor(max(1, len(names)), thread_name_prefix="doctor") as pool:
            return tuple(said for looked in pool.map(_guarded(look), names) for said in looked)

    def route(self, name: str) -> list[Said]:
        binding = self.bound.routes[name]
        spec = next(one for one in self.bound.plan.routes if one.name == name)
        with closing(
            seams.build(DRIVERS, binding.driver, binding.config, f"routes.{name}")
        ) as driver:
            return [
                *found(name, driver.check()),
                self._weight(name, driver),
                *self._planned(spec, driver),
            ]

    def _weight(self, name: str, driver: Driver) -> Said:
        try:
            seen = driver.observe().weight
        except SeamError as error:
            return ill(name, f"its weight can't be read: {error}")
        ought = self.desired[name]
        if seen == ought:
            return well(name, f"is at {_percent(seen)} GREEN, as it ought to be")
        return ill(name, f"is at {_percent(seen)} GREEN, but ought to be at {_percent(ought)}")

    def _planned(self, spec: RouteSpec, driver: Driver) -> list[Said]:
        phases = (phase.weights.get(spec.name) for phase in self.bound.plan.phases)
        weights = sorted({spec.baseline, *(weight for weight in phases if weight is not None)})
        refused = [(weight, why) for weight in weights if (why := driver.cannot(weight))]
        if refused:
            return [ill(spec.name, f"can't be set to {_percent(w)}: {why}") for w, why in refused]
        told = ", ".join(_percent(weight) for weight in weights)
        return [well(spec.name, f"can be set to every weight of the plan: {told}")]

    def source(self, name: str) -> list[Said]:
        binding = self.bound.sources[name]
        where = f"sources.{name}"
        with closing(seams.build(SOURCES, binding.kind, binding.config, where)) as source:
            said = found(name, source.check())
            if isinstance(source, LookedUp):
                return said
            checks = [one for one in self.bound.plan.checks if one.source == name]
            asked = [(check, query) for check in checks for query in self._questions(check)]
            readings = source.read([query for _, query in asked], self.at)
            pairs = zip(asked, readings, strict=True)
            return said + [_reading(check, query, read) for (check, query), read in pairs]

    def _questions(self, check: Check) -> list[Query]:
        rule, texts = rule_of(check, self.bound.plan, self.bound), texts_of(check)
        asked = questions(rule, texts, _ELAPSED)
        if rule.versus is not BaselineKind.CAPTURED:
            return list(asked)
        return [*asked, baseline_question(rule, texts, _ELAPSED)]

    def channel(self, name: str) -> list[Said]:
        binding = self.bound.channels[name]
        where = f"channels.{name}"
        with closing(seams.build(CHANNELS, binding.kind, binding.config, where)) as channel:
            return found(name, [*channel.check(), *slack.heard(channel)])


def _guarded(look: Callable[[str], list[Said]]) -> Callable[[str], list[Said]]:
    """What can't even be built, or breaks off, is a finding too."""

    def guarded(name: str) -> list[Said]:
        try:
            return look(name)
        except (ConfigError, SeamError, ValueError) as error:
            return [ill(name, str(error))]

    return guarded


def _reading(check: Check, query: Query, read: Reading) -> Said:
    """One finite value now; nothing at all may be normal while GREEN has no traffic."""
    part = query.key.rpartition(":")[2]
    what = check.name if part == "value" else f"{check.name} ({part})"
    if read.outcome is Outcome.OK and read.value is not None:
        value = f"{read.value:g}" if part == "samples" else spoken(read.value, check.unit)
        return well(what, f"reads {value} now")
    if read.outcome is Outcome.EMPTY:
        sentence = (
            f"{read.detail}; while GREEN has no traffic that may be normal, and the check says "
            "NO DATA as long as it lasts"
        )
        return mind(what, sentence)
    return ill(what, f"can't be judged: {read.detail or read.outcome}")


def _percent(weight: Decimal) -> str:
    return f"{weight.normalize():f} %"

"""Ask the sources for their past, in bounded parts, and play the judge over it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from migrations_app.conductor import seams
from migrations_app.domain.backtest import Duty, Past, Played, cannot, play
from migrations_app.domain.errors import ConfigError, SeamError
from migrations_app.domain.plan.rules import rule_of, texts_of
from migrations_app.sources.base import SOURCES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from migrations_app.domain.chart import Window
    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.check import Check
    from migrations_app.domain.reading import Point, Query
    from migrations_app.sources.base import Source

MOST: Final = 50_000
"""Readings of one query: more tell nothing that a longer step does not."""

_PART: Final = 2_000
_AT_ONCE: Final = 4

History = tuple["Point", ...]


@dataclass(frozen=True, slots=True)
class Tested:
    """A check of the plan and how it would have gone; None with the sentence that says why not."""

    check: Check
    played: Played | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Backtest:
    """Everything that could be told of `window`. `steps`: how often each source was read."""

    bound: BoundPlan
    window: Window
    steps: Mapping[str, timedelta]
    tested: tuple[Tested, ...]

    @property
    def played(self) -> list[Played]:
        """What could be played, in the plan's order."""
        return [one.played for one in self.tested if one.played is not None]

    @property
    def blind(self) -> bool:
        """Whether no source had anything at all."""
        return all(one.blind for one in self.played)


def backtest(bound: BoundPlan, window: Window, step: timedelta | None = None) -> Backtest:
    """Every check of the plan over `window`, read every `step` (or as often as live).

    `ConfigError` where a source can't be built, or where that would be too many readings. A source
    that does not answer, or has no past, is told of at its checks.
    """
    used = dict.fromkeys(check.source for check in bound.plan.checks)
    steps = {name: max(step or timedelta(0), bound.sources[name].interval) for name in used}
    for name, each in steps.items():
        _require_few(name, window, each)
    with ExitStack() as until_done:
        built = {name: until_done.enter_context(closing(_built(bound, name))) for name in used}
        asker = _Asker(built, window, steps, {})
        return Backtest(bound, window, steps, _all_tested(bound, asker))


def _all_tested(bound: BoundPlan, asker: _Asker) -> tuple[Tested, ...]:
    checks = bound.plan.checks
    pasts = {check.name: _past(bound, check, asker.steps[check.source]) for check in checks}
    asker.ask(bound, pasts)
    return tuple(_tested(bound, check, pasts[check.name], asker) for check in checks)


def _require_few(name: str, window: Window, step: timedelta) -> None:
    count = window.span // step + 1
    if count > MOST:
        least = window.span / MOST
        raise ConfigError(
            f"{count:,} readings of each query of {name} are too many; read every "
            f"{least.total_seconds():.0f} s or less often (--step), or look at less time."
        )


def _built(bound: BoundPlan, name: str) -> Source:
    binding = bound.sources[name]
    return seams.build(SOURCES, binding.kind, binding.config, f"sources.{name}")


def _past(bound: BoundPlan, check: Check, step: timedelta) -> Past | str:
    """What to ask for, or why there is nothing to ask."""
    rule = replace(rule_of(check, bound.plan, bound), interval=step)
    texts = texts_of(check)
    return cannot(rule, texts) or Past(rule, texts)


Key = tuple[str, str, timedelta]


def _key(source: str, query: Query) -> Key:
    """The same question of two checks is asked once."""
    return source, query.text, query.offset


@dataclass(frozen=True, slots=True)
class _Asker:
    """Asks every question once, some at a time, and keeps the answer or the reason for none."""

    sources: Mapping[str, Source]
    window: Window
    steps: Mapping[str, timedelta]
    found: dict[Key, History | SeamError]

    def ask(self, bound: BoundPlan, pasts: Mapping[str, Past | str]) -> None:
        wanted = {
            _key(check.source, query): query
            for check in bound.plan.checks
            if isinstance(past := pasts[check.name], Past)
            for query in past.asked
        }
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="backtest") as pool:
            answers = pool.map(self._history, [key[0] for key in wanted], wanted.values())
            self.found.update(zip(wanted, answers, strict=True))

    def times(self, source: str) -> list[datetime]:
        """Every moment at which this source is read."""
        step = self.steps[source]
        return [self.window.start + step * n for n in range(self.window.span // step + 1)]

    def _history(self, source: str, query: Query) -> History | SeamError:
        try:
            return tuple(self._points(source, query))
        except SeamError as error:
            return error

    def _points(self, source: str, query: Query) -> Iterator[Point]:
        """Part by part, so that none takes longer than the source allows for one."""
        times, step = self.times(source), self.steps[source]
        for first in range(0, len(times), _PART):
            part = times[first : first + _PART]
            yield from self.sources[source].history(query, part[0], part[-1], step)


def _tested(bound: BoundPlan, check: Check, past: Past | str, asker: _Asker) -> Tested:
    if isinstance(past, str):
        return Tested(check, None, past)
    answers = {query.key: asker.found[_key(check.source, query)] for query in past.asked}
    errors = [str(one) for one in answers.values() if isinstance(one, SeamError)]
    if errors:
        return Tested(check, None, f"{check.source} could not tell: {errors[0]}")
    known = {key: one for key, one in answers.items() if not isinstance(one, SeamError)}
    evidences = past.evidence(asker.times(check.source), known)
    return Tested(check, play(past.rule, _duty(bound, check.name), evidences))


def _duty(bound: BoundPlan, name: str) -> Duty:
    gates: Sequence[str] = [one for phase in bound.plan.phases for one in phase.gate.checks]
    return Duty(abort=any(one.check == name for one in bound.plan.abort), gate=name in gates)

"""Play the judge over a stretch of the past, and keep when it would have acted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from migrations_app.domain.verdict import judge
from migrations_app.domain.verdict.acting import outlasts
from migrations_app.domain.verdict.memory import fresh
from migrations_app.domain.verdict.outcome import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime, timedelta

    from migrations_app.domain.verdict.evidence import Evidence
    from migrations_app.domain.verdict.outcome import Verdict
    from migrations_app.domain.verdict.rule import Rule


@dataclass(frozen=True, slots=True)
class Duty:
    """What a check is for. `abort`: it rolls back, or freezes; `gate`: it holds up Go."""

    abort: bool
    gate: bool

    def __str__(self) -> str:
        words = [word for word in ("abort", "gate") if getattr(self, word)]
        return " and ".join(words) or "watched only"


@dataclass(frozen=True, slots=True)
class Tick:
    """One evaluation. `blue`: whether BLUE was at least as bad, so that nobody went back to it."""

    at: datetime
    evidence: Evidence
    verdict: Verdict
    blue: bool


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch of one verdict, from its first evaluation to the first of another.

    `open`: it lasted to the end. `since`: when what it says began, for a FAIL the first bad sample.
    `trips`: the moment at which it would have rolled back or frozen, if it would have.
    `blue`: BLUE was no better then, so the run would have been held instead.
    """

    status: Status
    start: datetime
    end: datetime
    open: bool
    since: datetime
    sentence: str
    trips: datetime | None
    blue: bool

    @property
    def lasted(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Played:
    """A check over the range, every evaluation and what follows from them."""

    rule: Rule
    duty: Duty
    ticks: tuple[Tick, ...]
    spells: tuple[Spell, ...]

    @property
    def trips(self) -> list[Spell]:
        """Those that would have acted, oldest first."""
        return [one for one in self.spells if one.trips is not None]

    @property
    def blocks(self) -> list[Spell]:
        """Those during which no gate with this check would have let anybody on."""
        if not self.duty.gate or self.rule.observe:
            return []
        return [one for one in self.spells if one.status is not Status.PASS]

    @property
    def blind(self) -> bool:
        """Whether there was nothing to judge at any time."""
        return all(one.verdict.status is Status.NO_DATA for one in self.ticks)


def play(rule: Rule, duty: Duty, evidences: Iterable[Evidence]) -> Played:
    """As a run would have been judged that was live all the time, with its weights at rest."""
    ticks = tuple(_ticks(rule, evidences))
    return Played(rule, duty, ticks, tuple(_spells(rule, duty, ticks)))


def _ticks(rule: Rule, evidences: Iterable[Evidence]) -> Iterator[Tick]:
    memory = fresh()
    for evidence in evidences:
        memory, verdict = judge.step(rule, memory, evidence, None)
        blue = verdict.status is Status.FAIL and judge.blue_is_worse(rule, evidence)
        yield Tick(evidence.at, evidence, verdict, blue)


def _spells(rule: Rule, duty: Duty, ticks: Sequence[Tick]) -> Iterator[Spell]:
    groups = [list(run) for _, run in groupby(ticks, key=lambda one: one.verdict.status)]
    for run, following in zip(groups, [*groups[1:], None], strict=True):
        first = run[0]
        trips = _trips(rule, duty, run)
        yield Spell(
            status=first.verdict.status,
            start=first.at,
            end=following[0].at if following else run[-1].at,
            open=following is None,
            since=first.verdict.since or first.at,
            sentence=_worst(run).sentence,
            trips=trips.at if trips else None,
            blue=trips.blue if trips else False,
        )


def _trips(rule: Rule, duty: Duty, run: Sequence[Tick]) -> Tick | None:
    """The evaluation at which an abort criterion acts; a watched one never does."""
    if not duty.abort or rule.observe:
        return None
    if run[0].verdict.status is Status.FAIL:
        return run[0]
    if run[0].verdict.status is not Status.NO_DATA:
        return None
    return next((one for one in run if outlasts(rule, one.at - run[0].at)), None)


def _worst(run: Sequence[Tick]) -> Verdict:
    """The one furthest from zero says most of a breach; otherwise the first."""
    known = [one.verdict for one in run if one.verdict.value is not None]
    if run[0].verdict.status is not Status.FAIL or not known:
        return run[0].verdict
    return max(known, key=lambda verdict: abs(verdict.value or 0.0))

"""A backtest in words: a table, a strip per check, and what would have happened when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from migrations_app.domain.backtest import Way, marks, strip, way
from migrations_app.domain.backtest.strip import SIGNS
from migrations_app.domain.duration import spoken
from migrations_app.domain.verdict.outcome import Status
from migrations_app.management.say import ILL, MIND, WELL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from migrations_app.conductor.backtest import Backtest, Tested
    from migrations_app.domain.backtest import Played, Spell
    from migrations_app.domain.backtest.way import Back

WIDTH: Final = 64
_TOLD: Final = 12
_NAMES: Final = {
    Status.PASS: "passes", Status.PENDING: "pending", Status.NO_DATA: "no data",
    Status.FAIL: "fails",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trip:
    """Once that a check would have acted."""

    spell: Spell
    way: Way


@dataclass(frozen=True, slots=True)
class Words:
    """`back`: how long the way back takes, and whether that was measured."""

    found: Backtest
    back: Back

    def lines(self) -> Iterator[str]:
        """Everything, for a terminal."""
        yield from self.head()
        yield ""
        yield from self._strips()
        yield ""
        yield from self._table()
        for one in self.found.tested:
            yield from self._told(one)

    def head(self) -> Iterator[str]:
        """What was looked at, and what has to be known to read it."""
        bound, window = self.found.bound, self.found.window
        yield (
            f"{bound.plan.title} in {bound.environment}, {window.start:%Y-%m-%d %H:%M:%S} to "
            f"{window.end:%Y-%m-%d %H:%M:%S} UTC ({spoken(window.span)})"
        )
        yield "As if a run had been live all the time: weights at rest, every source read in time."
        for name, step in self.found.steps.items():
            live = bound.sources[name].interval
            if step > live:
                yield (
                    f"{MIND} {name} was read every {spoken(step)}, live it is every "
                    f"{spoken(live)}: gaps and `consecutive` count what was read."
                )

    def trips(self, played: Played) -> list[Trip]:
        """Every time that it would have acted."""
        rto = self.found.bound.plan.objectives.rto
        live = self._interval(played)
        return [Trip(one, way(one, live, self.back, rto)) for one in played.trips]

    def when(self, at: datetime) -> str:
        """With the day, where the range has more than one."""
        one_day = self.found.window.start.date() == self.found.window.end.date()
        return f"{at:%H:%M:%S}" if one_day else f"{at:%m-%d %H:%M:%S}"

    def sentence(self, trip: Trip) -> str:
        """What would have happened."""
        spell = trip.spell
        acts = "would have held, for BLUE was no better," if spell.blue else "would have acted"
        lasted = f"{'at least ' if spell.open else ''}{spoken(spell.lasted)}"
        return (
            f"{acts} at {self.when(spell.trips or spell.start)} UTC; bad since "
            f"{self.when(spell.since)}, {spell.status.replace('_', ' ')} for {lasted}"
        )

    def _interval(self, played: Played) -> timedelta:
        bound = self.found.bound
        return bound.sources[bound.check(played.rule.name).source].interval

    def _strips(self) -> Iterator[str]:
        window, width = self.found.window, self._width
        yield f"{'':{width}}  {marks(window, WIDTH)}".rstrip()
        for one in self.found.played:
            yield f"{one.rule.name:{width}}  {strip(one.ticks, window, WIDTH)}"
        yield f"{'':{width}}  " + "  ".join(f"{SIGNS[s]} {name}" for s, name in _NAMES.items())

    @property
    def _width(self) -> int:
        return max((len(one.check.name) for one in self.found.tested), default=0)

    def _table(self) -> Iterator[str]:
        width = self._width
        head = ("is for", "acts", "FAIL", "NO DATA", "holds up Go")
        yield f"{'':{width}}  {head[0]:<15}{head[1]:>6}{head[2]:>12}{head[3]:>12}{head[4]:>14}"
        for one in self.found.played:
            cells = (_time(one, Status.FAIL), _time(one, Status.NO_DATA), _total(one.blocks))
            yield (
                f"{one.rule.name:{width}}  {one.duty!s:<15}{len(one.trips):>5}×{cells[0]:>12}"
                f"{cells[1]:>12}{cells[2]:>14}"
            )

    def _told(self, one: Tested) -> Iterator[str]:
        if one.played is None:
            yield f"{MIND} {one.check.name}: can't be backtested: {one.why}."
            return
        trips = self.trips(one.played)
        if one.played.blind:
            yield f"{MIND} {one.check.name}: nothing to judge at any time: {_why(one.played)}"
        elif not trips:
            yield f"{WELL} {one.check.name}: would not have acted"
        for trip in trips[:_TOLD]:
            yield f"{ILL} {one.check.name}: {self.sentence(trip)}"
            yield f"    {trip.spell.sentence}"
            yield f"    {trip.way}"
        if len(trips) > _TOLD:
            yield f"    and {len(trips) - _TOLD} times more"


def _why(played: Played) -> str:
    return played.ticks[0].verdict.sentence if played.ticks else "nothing was read"


def _time(played: Played, status: Status) -> str:
    return _total([one for one in played.spells if one.status is status])


def _total(spells: Sequence[Spell]) -> str:
    if not spells:
        return "–"
    return spoken(sum((one.lasted for one in spells), timedelta(0)))

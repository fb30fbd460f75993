"""Put the metrics page together: one axis of time, and every check on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from migrations_app.domain.chart import Window, plot, ruler
from migrations_app.domain.plan.rules import rule_of
from migrations_app.domain.quantity import Unit, spoken
from migrations_app.domain.states import LIVE, State
from migrations_app.models import Check, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.metrics.buckets import buckets
from migrations_app.reads.metrics.happened import bands, happened, marks
from migrations_app.reads.metrics.limits import limits_of, unit_of
from migrations_app.reads.plans import plan_of
from migrations_app.reads.snapshot import snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.domain.chart import Band, Bucket, Plot, Ruler
    from migrations_app.domain.plan.bind import BoundPlan

SHORTEST: Final = timedelta(seconds=10)
_BEFORE: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """What to look at: from and to, or the last so long, or all of it."""

    start: datetime | None = None
    end: datetime | None = None
    last: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """One check. `rule` is the condition with its objective's value, `fails` its polarity.

    `readout`: a line per bucket of where it lies, GREEN and BLUE in words, for the crosshair.
    """

    name: str
    title: str
    rule: str
    fails: bool
    unit: Unit
    status: str
    sentence: str
    versus: str
    buckets: tuple[Bucket, ...]
    plot: Plot
    readout: str

    @property
    def labels(self) -> list[tuple[float, str]]:
        """How far down each line of the grid lies, in percent, and what it stands for."""
        return [(one.share, spoken(one.value, self.unit)) for one in self.plot.grid]

    @property
    def summary(self) -> str:
        """The drawing in words, for who can't see it."""
        pairs = [pair for one in self.buckets if (pair := one.side("green"))]
        if not pairs:
            return f"{self.title}: no readings here"
        low, high = min(low for low, _ in pairs), max(high for _, high in pairs)
        return f"{self.title}: from {spoken(low, self.unit)} to {spoken(high, self.unit)}"


@dataclass(frozen=True, slots=True)
class Metrics:
    """The page of one moment. `whole`: from the run's start to its end, or to now."""

    run: Run
    now: datetime
    whole: Window
    window: Window
    ruler: Ruler
    phases: tuple[Band, ...]
    charts: tuple[Chart, ...]

    @property
    def follows(self) -> bool:
        """Whether the window ends now, in a run that goes on: then there is more to come."""
        return State(self.run.state) in LIVE and self.window.end == self.whole.end


def metrics(run_id: int, asked: Asked) -> Metrics:
    """Everything on the page, in seven queries whatever its length. Raises `Run.DoesNotExist`."""
    with snapshot():
        run = Run.objects.select_related("migration").get(pk=run_id)
        bound, now, told = plan_of(run), db_now(), happened(run)
        whole = _whole(run, now)
        window = looked_at(asked, whole)
        phases = bands(told, bound, whole)
        return Metrics(
            run=run,
            now=now,
            whole=whole,
            window=window,
            ruler=ruler(window, phases, marks(told)),
            phases=phases,
            charts=_charts(run, bound, window),
        )


def _whole(run: Run, now: datetime) -> Window:
    start = run.started_at or run.created_at
    return Window(start, max(run.ended_at or now, start + SHORTEST))


def looked_at(asked: Asked, whole: Window) -> Window:
    """Within the run and the hour before it, in order, and never shorter than `SHORTEST`."""
    first = whole.start - _BEFORE
    end = min(max(asked.end or whole.end, first + SHORTEST), whole.end)
    start = asked.start or (max(whole.start, end - asked.last) if asked.last else whole.start)
    return Window(max(min(start, end - SHORTEST), first), end)


def _charts(run: Run, bound: BoundPlan, window: Window) -> tuple[Chart, ...]:
    found = buckets(run.pk, window)
    rows = Check.objects.filter(run=run)
    return tuple(_chart(row, bound, found.get(row.name, []), window) for row in rows)


def _chart(row: Check, bound: BoundPlan, found: Sequence[Bucket], window: Window) -> Chart:
    spec = bound.check(row.name)
    rule = rule_of(spec, bound.plan, bound)
    captured = (row.baseline or {}).get("value")
    return Chart(
        name=row.name,
        title=spec.title or spec.name,
        rule=str(rule.condition),
        fails=rule.fails_when,
        unit=unit_of(rule),
        status=row.status,
        sentence=row.sentence,
        versus=rule.versus or "",
        buckets=tuple(found),
        plot=plot(found, window, limits_of(rule, captured), rule.interval * 3),
        readout="\n".join(_read_out(one, window, unit_of(rule)) for one in found),
    )


def _read_out(one: Bucket, window: Window, unit: Unit) -> str:
    sides = (_stretch(one.side(side), unit) for side in ("green", "blue"))
    return "\t".join((str(window.x(one.last)), *sides))


def _stretch(pair: tuple[float, float] | None, unit: Unit) -> str:
    """`0.2 %`, or from the least to the most."""
    if pair is None:
        return ""
    low, high = (spoken(value, unit) for value in pair)
    return low if low == high else f"{low} to {high}"

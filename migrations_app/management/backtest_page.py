"""A backtest as one page that needs nothing beside itself: a chart per check under one ruler."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from migrations_app.domain.chart import Bucket, Mark, Plot, plot, ruler
from migrations_app.domain.quantity import spoken
from migrations_app.domain.verdict.outcome import Status
from migrations_app.domain.verdict.rule import BaselineKind
from migrations_app.reads.metrics.limits import limits_of, unit_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrations_app.conductor.backtest import Backtest, Tested
    from migrations_app.domain.backtest import Played, Tick
    from migrations_app.domain.chart import Window
    from migrations_app.domain.quantity import Unit
    from migrations_app.domain.reading import Reading
    from migrations_app.management.backtest_words import Trip, Words

BUCKETS: Final = 480


@dataclass(frozen=True, slots=True)
class Chart:
    """One check. `plot` is None where it can't be backtested, and `why` says why."""

    name: str
    title: str
    rule: str
    duty: str
    plot: Plot | None
    labels: tuple[tuple[float, str], ...]
    told: tuple[tuple[str, str, str], ...]
    why: str


def page(found: Backtest, words: Words) -> str:
    """The whole page."""
    trips = [(one, trip) for one in found.played for trip in words.trips(one)]
    context = {
        "found": found,
        "head": list(words.head()),
        "ruler": ruler(found.window, (), [_mark(*one) for one in trips]),
        "charts": [_chart(found, words, one) for one in found.tested],
        "style": _style(),
    }
    return render_to_string("warroom/backtest.html", context)


def _style() -> str:
    """The colours of the house. Its fonts are files, and stay where they are."""
    found = finders.find("css/tokens.css")
    lines = Path(str(found)).read_text("utf-8").splitlines() if found else []
    return "\n".join(line for line in lines if not line.startswith("@font-face"))


def _mark(played: Played, trip: Trip) -> Mark:
    at = trip.spell.trips or trip.spell.start
    return Mark(0, at, played.rule.name, trip.spell.sentence, flip=False)


def _chart(found: Backtest, words: Words, one: Tested) -> Chart:
    played, spec = one.played, one.check
    drawn = _plot(played, found.window) if played else None
    trips = words.trips(played) if played else []
    return Chart(
        name=spec.name,
        title=spec.title or spec.name,
        rule=f"{'fails' if spec.fail_when else 'passes'} when {spec.condition}",
        duty=str(played.duty) if played else "",
        plot=drawn,
        labels=_labels(drawn, unit_of(played.rule)) if drawn and played else (),
        told=tuple((words.sentence(trip), trip.spell.sentence, str(trip.way)) for trip in trips),
        why=one.why,
    )


def _labels(drawn: Plot, unit: Unit) -> tuple[tuple[float, str], ...]:
    return tuple((line.share, spoken(line.value, unit)) for line in drawn.grid)


def _plot(played: Played, window: Window) -> Plot:
    size = max(1, -(-len(played.ticks) // BUCKETS))
    buckets = [_bucket(part) for part in _parts(played.ticks, size)]
    kind = played.rule.baseline.kind if played.rule.baseline else None
    last = played.ticks[-1].evidence if kind is BaselineKind.CAPTURED else None
    kept = _value(last.baseline) if last else None
    return plot(buckets, window, limits_of(played.rule, kept), played.rule.interval * (size + 2))


def _parts(ticks: Sequence[Tick], size: int) -> Iterator[Sequence[Tick]]:
    for first in range(0, len(ticks), size):
        yield ticks[first : first + size]


def _bucket(part: Sequence[Tick]) -> Bucket:
    green = _values([one.evidence.value for one in part])
    blue = _values([one.evidence.blue for one in part])
    beside = _values([one.evidence.baseline for one in part]) or blue
    statuses = {one.verdict.status for one in part}
    return Bucket(
        first=part[0].at, last=part[-1].at,
        low=min(green, default=None), high=max(green, default=None),
        blue_low=min(blue, default=None), blue_high=max(blue, default=None),
        reference=beside[-1] if beside else None,
        gap=len(green) < len(part),
        failed=Status.FAIL in statuses,
        no_data=Status.NO_DATA in statuses,
    )  # fmt: skip


def _values(readings: Sequence[Reading | None]) -> list[float]:
    return [value for one in readings if (value := _value(one)) is not None]


def _value(one: Reading | None) -> float | None:
    return None if one is None else one.value

"""One check over time. A gap stays a gap, and a spike stays a spike however long the window."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from migrations_app.domain.chart.axis import bounds
from migrations_app.domain.chart.data import ACROSS, UP

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, timedelta

    from migrations_app.domain.chart.data import Bucket, Limits, Window

_THIN: Final = ACROSS / 400
_CEILING, _FLOOR = 0.06 * UP, 0.93 * UP  # a line at an end of the axis keeps clear of the edge


@dataclass(frozen=True, slots=True)
class Path:
    """A stretch without a gap: `x,y x,y …`. `side` is blue or green."""

    side: str
    points: str


@dataclass(frozen=True, slots=True)
class Spell:
    """A stretch in which the check failed, or nobody knew."""

    failed: bool
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Grid:
    """A line across. `share`: how far down it lies, in percent of the plot."""

    value: float
    share: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything of one check, in the order in which it is drawn."""

    spells: tuple[Spell, ...]
    grid: tuple[Grid, ...]
    limits: tuple[str, ...]
    paths: tuple[Path, ...]

    @property
    def empty(self) -> bool:
        return not self.paths


@dataclass(frozen=True, slots=True)
class _Scale:
    window: Window
    low: float
    high: float

    def y(self, value: float) -> float:
        share = value / 2 - self.low / 2  # halves: the whole of a huge range would overflow
        return round(_FLOOR - (_FLOOR - _CEILING) * share / (self.high / 2 - self.low / 2), 1)

    def point(self, at: datetime, value: float) -> str:
        return f"{self.window.x(at)},{self.y(value)}"


def plot(found: Sequence[Bucket], window: Window, limits: Limits, patience: timedelta) -> Plot:
    """`patience`: how far apart two readings may be and still be joined by a line."""
    scale = _Scale(window, *_range(found, limits))
    runs = {side: list(_stretches(found, side, patience)) for side in ("blue", "green")}
    return Plot(
        spells=tuple(_spells(found, window)),
        grid=tuple(_grid(scale)),
        limits=tuple(_limits(found, limits, scale)),
        paths=tuple(
            Path(side, _path(run, side, scale)) for side, every in runs.items() for run in every
        ),
    )


def _range(found: Sequence[Bucket], limits: Limits) -> tuple[float, float]:
    values = [
        value for one in found for side in ("blue", "green") for value in one.side(side) or ()
    ]
    values += [edge for one in found for edge in limits(one.reference)]
    values += limits(None)
    return bounds(values) if values else (0.0, 1.0)


def _grid(scale: _Scale) -> Iterator[Grid]:
    for value in (scale.low, scale.low / 2 + scale.high / 2, scale.high):
        yield Grid(value, 100 * scale.y(value) / UP)


def _spells(found: Sequence[Bucket], window: Window) -> Iterator[Spell]:
    """Buckets of the same trouble that follow one another are one spell."""
    for (failed, unknown), group in groupby(found, key=lambda one: (one.failed, one.no_data)):
        run = list(group)
        if failed or unknown:
            x = window.x(run[0].first)
            yield Spell(failed, x, round(max(window.x(run[-1].last) - x, _THIN), 1))


def _limits(found: Sequence[Bucket], limits: Limits, scale: _Scale) -> Iterator[str]:
    """A fixed limit runs across the whole; one that moves follows what it was compared with."""
    if fixed := limits(None):
        for edge in fixed:
            y = scale.y(edge)
            yield f"0,{y} {ACROSS},{y}"
        return
    known = [(one, edges) for one in found if (edges := limits(one.reference))]
    for at in range(min((len(edges) for _, edges in known), default=0)):
        yield " ".join(
            f"{scale.point(one.first, edges[at])} {scale.point(one.last, edges[at])}"
            for one, edges in known
        )


def _path(run: Sequence[Bucket], side: str, scale: _Scale) -> str:
    """Per bucket its least and its most, so that neither is lost."""
    return " ".join(
        scale.point(at, value)
        for one in run
        if (pair := one.side(side))
        for at, value in _ends(one, pair)
    )


def _ends(one: Bucket, pair: tuple[float, float]) -> list[tuple[datetime, float]]:
    low, high = pair
    return [(one.first, low)] if low == high else [(one.first, low), (one.last, high)]


def _stretches(found: Sequence[Bucket], side: str, patience: timedelta) -> Iterator[list[Bucket]]:
    """Buckets that follow one another without a gap."""
    run: list[Bucket] = []
    for one in found:
        missing = one.side(side) is None
        if run and (missing or one.first - run[-1].last > patience):
            yield run
            run = []
        if not missing:
            run.append(one)
        if run and one.gap and side == "green":
            yield run
            run = []
    if run:
        yield run

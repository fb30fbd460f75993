"""The shared axis of all charts of a page: time, phases, and what was decided when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.domain.chart.axis import ticks
from migrations_app.domain.chart.data import ACROSS

_NEAR: Final = 35
_LETTER: Final = 9.0  # about what a letter takes, on a narrow screen

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from migrations_app.domain.chart.data import Band, Mark, Window


@dataclass(frozen=True, slots=True)
class Strip:
    """A phase. `x` and `width` of `ACROSS`; `wide`: there is room for its title."""

    band: Band
    x: float
    width: float
    odd: bool

    @property
    def wide(self) -> bool:
        return self.width >= _LETTER * len(self.band.title)


@dataclass(frozen=True, slots=True)
class Flag:
    """A mark. `named`: its label has room beside its neighbours."""

    mark: Mark
    x: float
    named: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A round moment."""

    at: datetime
    x: float

    @property
    def edge(self) -> str:
        """Where its label has to lean, `start` or `end`, so that it is not cut off."""
        return "start" if self.x < _NEAR else "end" if self.x > ACROSS - _NEAR else ""


@dataclass(frozen=True, slots=True)
class Ruler:
    """What all charts stand under."""

    strips: tuple[Strip, ...]
    flags: tuple[Flag, ...]
    ticks: tuple[Tick, ...]


def ruler(window: Window, bands: Sequence[Band], marks: Sequence[Mark]) -> Ruler:
    """Only what lies within the window."""
    near = [one for one in bands if one.start < window.end and one.end > window.start]
    seen = [one for one in marks if window.start <= one.at <= window.end]
    return Ruler(
        strips=tuple(_strip(at, one, window) for at, one in enumerate(near)),
        flags=_flags(seen, window),
        ticks=tuple(Tick(at, window.x(at)) for at in ticks(window.start, window.end)),
    )


def _strip(at: int, band: Band, window: Window) -> Strip:
    x, end = window.x(band.start), window.x(band.end)
    return Strip(band, x, round(max(end - x, 0.5), 1), odd=bool(at % 2))


def _flags(marks: Sequence[Mark], window: Window) -> tuple[Flag, ...]:
    """Decisions are named first, and drawn last: they lie above weights of the same moment."""
    taken: list[tuple[float, float]] = []
    decisions = [_flag(one, window, taken) for one in marks if not one.flip]
    weights = [_flag(one, window, taken) for one in marks if one.flip]
    return (*weights, *decisions)


def _flag(mark: Mark, window: Window, taken: list[tuple[float, float]]) -> Flag:
    x = window.x(mark.at)
    end = x + _LETTER * (len(mark.label) + 1)
    named = end <= ACROSS and all(end <= one or other <= x for one, other in taken)
    taken.append((x - _LETTER, end if named else x + _LETTER))
    return Flag(mark, x, named)

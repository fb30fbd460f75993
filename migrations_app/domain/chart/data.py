"""What is drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime, timedelta

ACROSS: Final = 1000
UP: Final = 100

Limits = Callable[[float | None], tuple[float, ...]]
"""Where a rule's limits lie for what it is compared with; none where that can't be drawn."""


@dataclass(frozen=True, slots=True)
class Window:
    """The stretch of time that is looked at: both ends aware, `end` after `start`."""

    start: datetime
    end: datetime

    @property
    def span(self) -> timedelta:
        return self.end - self.start

    def x(self, at: datetime) -> float:
        """How far along `at` lies, 0 to `ACROSS`; beyond either end it stays at that end."""
        share = (at - self.start) / self.span
        return round(ACROSS * min(1.0, max(0.0, share)), 1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """Readings from `first` to `last`, the least and the most of them; None where none had a value.

    `reference` is what a relative rule compared with. `gap`: one of them had no value.
    """

    first: datetime
    last: datetime
    low: float | None
    high: float | None
    blue_low: float | None
    blue_high: float | None
    reference: float | None
    gap: bool
    failed: bool
    no_data: bool

    def side(self, side: str) -> tuple[float, float] | None:
        """The least and the most of `blue` or `green`."""
        low, high = (self.blue_low, self.blue_high) if side == "blue" else (self.low, self.high)
        return None if low is None or high is None else (low, high)


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of time in one phase."""

    name: str
    title: str
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """An event at a moment. `flip`: a weight that was confirmed; otherwise a decision."""

    seq: int
    at: datetime
    label: str
    sentence: str
    flip: bool

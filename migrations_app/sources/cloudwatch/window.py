"""Which stretch of time a reading is about. Pure.

A window is as wide as its period and ends at the last whole minute before `delay`. CloudWatch
counts periods from the start that it is given, and rounds that start down to what it still keeps:
minutes for 15 days, five minutes for 63, hours after that. A window above an hour moves in steps of
a sixtieth of its width.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTE, _FIVE, _HOUR = timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1)
# Sooner than CloudWatch, so that nothing changes between our question and its answer.
_COARSE_AFTER, _COARSEST_AFTER = timedelta(days=14), timedelta(days=62)


class Window(NamedTuple):
    start: datetime
    end: datetime


def window(at: datetime, period: timedelta, delay: timedelta, now: datetime) -> Window:
    """The newest whole one at `at`. `now` says how old it is."""
    step = _step(period, now - at)
    end = _EPOCH + (at - delay - _EPOCH) // step * step
    return Window(end - period, end)


def _step(period: timedelta, age: timedelta) -> timedelta:
    if age > _COARSEST_AFTER:
        return _HOUR
    if age > _COARSE_AFTER:
        return _FIVE
    if period < _MINUTE:
        return period
    return _MINUTE * max(1, period // _HOUR)

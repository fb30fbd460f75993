"""Durations: as people write them (`10m`, `1d12h`), as PromQL reads them, as people say them."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

_SIZES: Final = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "sec": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|min|sec|[wdhms])\s*", re.ASCII)
_WHOLE: Final = re.compile(rf"(?:{_PART.pattern})+", re.ASCII)
_NONE: Final = timedelta(0)
_MICROSECOND: Final = timedelta(microseconds=1)
_LONGEST: Final = timedelta(days=3650)
_DAYS_FROM: Final = timedelta(hours=48)  # people say "24 h" and "36 h", but "3 d"


def parse_duration(text: str) -> timedelta:
    """`10m`, `10 m`, `1d12h`, `90s`, `1.5s`, `500ms`, `2w`: largest unit first, each at most once.

    `ValueError` with a sentence for anything else, for a sign, and beyond ten years.
    """
    if not _WHOLE.fullmatch(text.strip()):
        raise ValueError(f'"{text}" is not a duration. Write it like 90s, 10m, 24h or 1d12h.')
    parts = [(Decimal(number), _SIZES[unit]) for number, unit in _PART.findall(text)]
    if any(left <= right for (_, left), (_, right) in pairwise(parts)):
        raise ValueError(f'"{text}" must name each unit once, the largest first, like 1d12h.')
    total = sum(number * (size // _MICROSECOND) for number, size in parts)
    if total > _LONGEST // _MICROSECOND:
        raise ValueError(f'"{text}" is longer than ten years.')
    return timedelta(microseconds=round(total))


def compact(duration: timedelta) -> str:
    """`6m10s`, `24h`, `14d`, `1.5s`, `500ms`, `0s`: what `parse_duration` reads back exactly."""
    sign, length = _sign(duration, "-")
    if _NONE < length < timedelta(seconds=1):
        return f"{sign}{_plain(Decimal(length // _MICROSECOND) / 1000)}ms"
    return sign + ("".join(f"{_plain(count)}{unit}" for count, unit in _split(length)) or "0s")


def promql(duration: timedelta) -> str:
    """As a PromQL range: whole numbers only, cut to milliseconds, and never empty."""
    if duration % timedelta(seconds=1):
        return f"{max(1, duration // timedelta(milliseconds=1))}ms"
    return compact(duration) if duration else "1ms"


def spoken(duration: timedelta) -> str:
    """`6 m 10 s`, `24 h`, `3 d 4 h`, `1.5 s`, `400 ms`: at most two units, never rounded up.

    Rounded down because "10 m of 10 m" must mean that the ten minutes are over.
    """
    sign, length = _sign(duration, "−")
    if length < timedelta(minutes=1):
        return sign + _seconds(length)
    (first, unit), *rest = _split(length - length % timedelta(seconds=1))
    next_unit = {"d": "h", "h": "m", "m": "s"}[unit]
    tail = [f"{count} {smaller}" for count, smaller in rest if smaller == next_unit]
    return sign + " ".join([f"{first} {unit}", *tail])


def _seconds(length: timedelta) -> str:
    if length >= timedelta(seconds=10) or not length % timedelta(seconds=1):
        return f"{length // timedelta(seconds=1)} s"
    if length >= timedelta(seconds=1):
        return f"{length // timedelta(milliseconds=100) / 10:g} s"
    return f"{length // timedelta(milliseconds=1)} ms"


def _split(length: timedelta) -> list[tuple[Decimal, str]]:
    """Days (from 48 h), hours, minutes, and seconds with their fraction; those that are not 0."""
    parts, rest = [], length
    for unit in ("d", "h", "m") if length >= _DAYS_FROM else ("h", "m"):
        count, rest = divmod(rest, _SIZES[unit])
        parts.append((Decimal(count), unit))
    parts.append((Decimal(rest // _MICROSECOND) / 1_000_000, "s"))
    return [(count, unit) for count, unit in parts if count]


def _sign(duration: timedelta, minus: str) -> tuple[str, timedelta]:
    return minus if duration < _NONE else "", abs(duration)


def _plain(count: Decimal) -> str:
    return format(count.normalize(), "f")

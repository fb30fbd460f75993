"""Durations: as people write them (`10m`, `1d12h`), as PromQL reads them, as people say them."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Final

_MICROSECONDS: Final = {
    "w": 604_800_000_000,
    "d": 86_400_000_000,
    "h": 3_600_000_000,
    "m": 60_000_000,
    "s": 1_000_000,
    "ms": 1_000,
}
_ALIASES: Final = {"min": "m", "sec": "s"}
_PART: Final = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|min|sec|[wdhms])\s*", re.ASCII)
_LONGEST: Final = timedelta(days=3650)
_DAYS_FROM: Final = timedelta(hours=48)  # people say "24 h" and "36 h", but "3 d"


def parse_duration(text: str) -> timedelta:
    """`10m`, `10 m`, `1d12h`, `90s`, `1.5s`, `500ms`, `2w`: largest unit first, each at most once.

    `ValueError` with a sentence for anything else, for a sign, and beyond ten years.
    """
    parts = _PART.findall(text.strip())
    if not parts or _PART.sub("", text.strip()):
        raise ValueError(f'"{text}" is not a duration. Write it like 90s, 10m, 24h or 1d12h.')
    sizes = [_MICROSECONDS[_ALIASES.get(unit, unit)] for _, unit in parts]
    if any(left <= right for left, right in pairwise(sizes)):
        raise ValueError(f'"{text}" must name each unit once, the largest first, like 1d12h.')
    total = sum(Decimal(number) * size for (number, _), size in zip(parts, sizes, strict=True))
    if total > _LONGEST // timedelta(microseconds=1):
        raise ValueError(f'"{text}" is longer than ten years.')
    return timedelta(microseconds=round(total))


def compact(duration: timedelta) -> str:
    """`6m10s`, `24h`, `14d`, `1.5s` as `1s500ms`, `0s`: what `parse_duration` reads back exactly.

    PromQL reads it too, as long as the duration is a whole number of milliseconds.
    """
    sign = "-" if duration < timedelta(0) else ""
    parts = [f"{_plain(count)}{unit}" for count, unit in _split(abs(duration))]
    return sign + ("".join(parts) or "0s")


def promql(duration: timedelta) -> str:
    """The duration as a PromQL range, cut to milliseconds, never an empty range."""
    milliseconds = max(1, duration // timedelta(milliseconds=1))
    return compact(timedelta(milliseconds=milliseconds))


def spoken(duration: timedelta) -> str:
    """`6 m 10 s`, `24 h`, `3 d 4 h`, `1.5 s`, `400 ms`: at most two units, never rounded up.

    Rounded down because "10 m of 10 m" must mean that the ten minutes are over.
    """
    sign = "−" if duration < timedelta(0) else ""
    length = abs(duration)
    if length < timedelta(minutes=1):
        return sign + _seconds(length)
    (first, unit), *rest = _split(length - length % timedelta(seconds=1))
    near = [(count, small) for count, small in rest[:1] if _follows(unit, small)]
    return sign + " ".join(f"{_plain(count)} {name}" for count, name in [(first, unit), *near])


def _seconds(length: timedelta) -> str:
    tenths = length // timedelta(milliseconds=100)
    if length and tenths < 10:
        return f"{length // timedelta(milliseconds=1)} ms"
    return f"{tenths // 10} s" if tenths >= 100 or tenths % 10 == 0 else f"{tenths / 10} s"


def _split(length: timedelta) -> list[tuple[Decimal, str]]:
    """Whole days (from 48 h), hours, minutes and seconds; the rest in milliseconds."""
    rest = length // timedelta(microseconds=1)
    parts: list[tuple[Decimal, str]] = []
    for unit in ("d", "h", "m", "s"):
        if unit == "d" and length < _DAYS_FROM:
            continue
        count, rest = divmod(rest, _MICROSECONDS[unit])
        parts.append((Decimal(count), unit))
    parts.append((Decimal(rest) / 1_000, "ms"))
    return [(count, unit) for count, unit in parts if count]


def _follows(unit: str, smaller: str) -> bool:
    return {"d": "h", "h": "m", "m": "s"}.get(unit) == smaller


def _plain(count: Decimal) -> str:
    return format(count.normalize(), "f")

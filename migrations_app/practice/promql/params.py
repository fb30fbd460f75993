"""The parameters of a request, from its query string and its form, in the API's own units."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qs

from migrations_app.domain.duration import parse_duration
from migrations_app.practice.promql.errors import BadData

_MOST_POINTS: Final = 11_000
_FARTHEST: Final = 2**45  # unix ms, about a thousand years


class Params:
    """By name. `BadData` names the one that can't be read."""

    def __init__(self, query_string: bytes, form: bytes) -> None:
        joined = b"&".join(part for part in (query_string, form) if part)
        self._values = parse_qs(joined.decode("utf-8", "replace"), keep_blank_values=True)

    def every(self, name: str) -> list[str]:
        return self._values.get(name, [])

    def text(self, name: str) -> str:
        """Empty when missing."""
        return self._values.get(name, [""])[0]

    def time(self, name: str, default: int | None = None) -> int:
        """Unix ms, from unix seconds or RFC 3339."""
        text = self.text(name)
        if not text and default is not None:
            return default
        for read in (float, _rfc3339):
            try:
                time = round(read(text) * 1000)
            except (ValueError, OverflowError):
                continue
            if abs(time) < _FARTHEST:
                return time
        raise _unreadable(name, text, "a time")

    def duration(self, name: str, default: int | None = None) -> int:
        """Ms, at least one, from seconds or a duration such as `5m`."""
        text = self.text(name)
        if not text and default is not None:
            return default
        for read in (_seconds, parse_duration):
            try:
                length = read(text) // timedelta(milliseconds=1)
            except (ValueError, OverflowError):
                continue
            if 0 < length < _FARTHEST:
                return length
        raise _unreadable(name, text, "a duration above zero")

    def times(self) -> range:
        """`start`, `end` and `step` of a range query, in unix ms, both ends included."""
        start, end, step = self.time("start"), self.time("end"), self.duration("step")
        if end < start:
            raise BadData('invalid parameter "end": it lies before the start')
        if (end - start) // step + 1 > _MOST_POINTS:
            raise BadData(f"more than {_MOST_POINTS:,} points per series; make the step longer")
        return range(start, end + 1, step)


def _seconds(text: str) -> timedelta:
    return timedelta(seconds=float(text))


def _rfc3339(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()


def _unreadable(name: str, text: str, wanted: str) -> BadData:
    return BadData(f'invalid parameter "{name}": "{text}" is not {wanted}')

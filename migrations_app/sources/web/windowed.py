"""What is common to sources that answer for a window of time in the past, one request a window.

A reading as of `at` is of the window that ended `delay` before: until then samples are still
arriving there, and a window that is half empty looks healthier than it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, NamedTuple

from pydantic import Field

from migrations_app.domain.duration import parse_duration
from migrations_app.domain.errors import Permanent, Transient
from migrations_app.domain.plan.base import Count, Duration
from migrations_app.domain.reading import Outcome, Point
from migrations_app.sources.value import Blame, NoValue, reading, refusal, unfit
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from migrations_app.domain.reading import Query, Reading
    from migrations_app.sources.value import Value
    from migrations_app.sources.web.desk import Desk
    from migrations_app.wire.answer import Answer

_OVER: Final = re.compile(r"(?:^|\s+)over\s+(\S+)\s*$")
_LONGEST: Final = timedelta(days=30)
_NOTHING: Final = frozenset({Outcome.EMPTY, Outcome.NOT_FINITE})


class WindowedPlace(Place):
    """`window`: how far back a query looks that doesn't say so itself (`… over 10m`). `delay`: how
    long samples take to arrive. `history_points`: requests that one history may cost."""

    window: Annotated[Duration, Field(gt=timedelta(0), le=_LONGEST)] = timedelta(minutes=5)
    delay: Annotated[Duration, Field(le=timedelta(hours=1))] = timedelta(seconds=60)
    concurrency: Annotated[Count, Field(le=32)] = 4
    history_timeout: Patience = timedelta(seconds=30)
    history_points: Annotated[Count, Field(le=2_000)] = 250


class Span(NamedTuple):
    """`start` is in it, `end` is not. Aware."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Look:
    """What is asked, and how far back."""

    text: str
    window: timedelta


class Windowed:
    """Whoever inherits gives `request` and `value`, and hands over its desk."""

    past: ClassVar[bool] = True

    def __init__(self, config: WindowedPlace, desk: Desk) -> None:
        self._config = config
        self._desk = desk

    def request(self, text: str, span: Span) -> httpx.Request | NoValue:
        """The question about `span`, or why it can't be asked."""
        raise NotImplementedError

    def value(self, answer: Answer) -> Value:
        """The one number in a success."""
        raise NotImplementedError

    def read(self, queries: Sequence[Query], at: datetime) -> list[Reading]:
        """As of `at` less each query's offset. Equal questions are asked once."""
        moments = [(query.text, at - query.offset) for query in queries]
        asked = list(dict.fromkeys(moments))
        values = dict(zip(asked, self._ask(asked, self._config.timeout), strict=True))
        delay = self._config.delay
        return [
            reading(query, values[moment], moment[1] - delay)
            for query, moment in zip(queries, moments, strict=True)
        ]

    def history(self, query: Query, start: datetime, end: datetime, step: timedelta) -> list[Point]:
        """Exactly what would have been read: a request for each point."""
        times = self._times(start, end, step)
        moments = [(query.text, at - query.offset) for at in times]
        values = self._ask(moments, self._config.history_timeout)
        return [Point(at, _past(value)) for at, value in zip(times, values, strict=True)]

    def invalid(self, query: Query) -> str | None:
        """Asks it once, as of now whatever its offset."""
        return refusal(self.now(query.text))

    def now(self, text: str) -> Value:
        """What `text` answers at this moment."""
        [value] = self._ask([(text, datetime.now(UTC))], self._config.timeout)
        return value

    def close(self) -> None:
        """Readings asked for afterwards are `ERROR`."""
        self._desk.close()

    def _times(self, start: datetime, end: datetime, step: timedelta) -> list[datetime]:
        if step < timedelta(seconds=1) or end < start:
            raise Permanent("a history needs an end after its start and a step of at least 1 s")
        count = (end - start) // step + 1
        if count > self._config.history_points:
            raise Permanent(
                f"a history of {count} points costs as many requests there, and history_points "
                f"allows {self._config.history_points}; ask for a shorter time or a longer step"
            )
        return [start + step * index for index in range(count)]

    def _ask(self, moments: Sequence[tuple[str, datetime]], within: timedelta) -> list[Value]:
        requests = [self._request(text, at) for text, at in moments]
        sent = [one for one in requests if not isinstance(one, NoValue)]
        answers = iter(self._desk.ask(sent, within.total_seconds()))
        return [one if isinstance(one, NoValue) else self._value(next(answers)) for one in requests]

    def _request(self, text: str, at: datetime) -> httpx.Request | NoValue:
        look = looked(text, self._config.window)
        if isinstance(look, NoValue):
            return look
        end = at - self._config.delay
        return self.request(look.text, Span(end - look.window, end))

    def _value(self, answer: Answer | NoValue) -> Value:
        if isinstance(answer, NoValue):
            return answer
        return self._desk.discreet(self.value(answer))


def looked(text: str, window: timedelta) -> Look | NoValue:
    """`avg:system.load.1{*} over 10m` is the query before `over`, and ten minutes."""
    match = _OVER.search(text)
    if match is not None:
        try:
            window = parse_duration(match[1])
        except ValueError:
            return unfit(f'"over {match[1]}" is no span of time; write it as over 10m')
        text = text[: match.start()]
    if not text.strip() or not timedelta(seconds=1) <= window <= _LONGEST:
        return unfit("write a query, and the time it looks back, from 1s to 30d: … over 10m")
    return Look(text.strip(), window)


def milliseconds(at: datetime) -> int:
    """Since the epoch."""
    return round(at.timestamp() * 1000)


def _past(value: Value) -> float | None:
    """What a history makes of it: a gap, or an error."""
    if not isinstance(value, NoValue):
        return value
    if value.outcome in _NOTHING:
        return None
    if value.outcome is Outcome.MANY_SERIES or value.blame is not Blame.MOMENT:
        raise Permanent(value.detail)
    raise Transient(value.detail)

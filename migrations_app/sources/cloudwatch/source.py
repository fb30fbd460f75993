"""CloudWatch through GetMetricData.

A value is that of one whole period which ended at least `delay` ago. Unverified against CloudWatch:
that it counts periods from the start it is given (its documentation says which starts it rounds,
and no more); should it answer for another period, the reading is NO_DATA and says so.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from migrations_app.domain.errors import Permanent, Transient
from migrations_app.domain.reading import Outcome, Point, Query, Reading
from migrations_app.sources.cloudwatch.answers import Blame, NoValue, value
from migrations_app.sources.cloudwatch.check import examine
from migrations_app.sources.cloudwatch.config import CloudWatchConfig
from migrations_app.sources.cloudwatch.text import Parsed, parse
from migrations_app.sources.cloudwatch.window import Window, window
from migrations_app.sources.cloudwatch.wire import Question, Wire, question
from migrations_app.wire.deadline import Deadline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding

_MOST_POINTS = 100_000
_DATA = frozenset({Outcome.EMPTY, Outcome.MANY_SERIES, Outcome.NOT_FINITE, Outcome.WARNINGS})


class CloudWatchSource:
    """See `CloudWatchConfig` for its keys, `text` for its queries."""

    kind: ClassVar[str] = "cloudwatch"
    Config: ClassVar[type[BaseModel]] = CloudWatchConfig
    past: ClassVar[bool] = True
    tried: ClassVar[str] = "moto 5 (an emulator of AWS)"

    def __init__(self, config: CloudWatchConfig) -> None:
        self._config = config
        self._wire = Wire(config)

    def __repr__(self) -> str:
        return f"CloudWatchSource({self._config.host})"

    def read(self, queries: Sequence[Query], at: datetime) -> list[Reading]:
        """One reading per query, in order, within `timeout`. `sampled_at` is the end of the period
        that the value is about."""
        asked = [self._question(query, at) for query in queries]
        real = [one for one in asked if isinstance(one, Question)]
        answers = self._wire.ask(real, self._deadline(self._config.timeout))
        return [
            _refused(query, one)
            if isinstance(one, NoValue)
            else _reading(query, value(answers[one], one.start), one.end)
            for query, one in zip(queries, asked, strict=True)
        ]

    def history(self, query: Query, start: datetime, end: datetime, step: timedelta) -> list[Point]:
        """What `read` would have said every `step`. Windows that follow one another without a gap
        are had in one request, so this takes as many as windows overlap."""
        parsed = _parsed(query.text)
        if isinstance(parsed, NoValue):
            raise Permanent(parsed.detail)
        if step < timedelta(milliseconds=1) or end < start:
            raise Permanent("a history needs an end after its start and a step of at least 1 ms")
        times = [start + step * index for index in range((end - start) // step + 1)]
        if len(times) > _MOST_POINTS:
            raise Permanent(f"a history has at most {_MOST_POINTS} points; take a longer step")
        windows = [self._window(parsed, moment - query.offset) for moment in times]
        values = self._values(parsed, windows)
        return [Point(at, values[one.start]) for at, one in zip(times, windows, strict=True)]

    def invalid(self, query: Query) -> str | None:
        """Parses it, and asks it once, now."""
        asked = self._question(query, datetime.now(UTC))
        if isinstance(asked, NoValue):
            return asked.detail
        answers = self._wire.ask([asked], self._deadline(self._config.timeout))
        told = value(answers[asked], asked.start)
        if not isinstance(told, NoValue) or told.outcome in _DATA:
            return None
        if told.blame is Blame.QUERY:
            return told.detail
        raise Transient(told.detail)

    def check(self) -> list[Finding]:
        """Reachable, authorised, whose clock, how late."""
        return examine(self._wire, self._config)

    def close(self) -> None:
        """Readings asked for afterwards are `ERROR`."""
        self._wire.close()

    def _question(self, query: Query, at: datetime) -> Question | NoValue:
        parsed = _parsed(query.text)
        if isinstance(parsed, NoValue):
            return parsed
        return question(parsed, self._window(parsed, at - query.offset))

    def _window(self, parsed: Parsed, at: datetime) -> Window:
        return window(at, parsed.period, self._config.delay, datetime.now(UTC))

    def _values(self, parsed: Parsed, windows: Sequence[Window]) -> dict[datetime, float | None]:
        """By start. Windows whose starts are whole periods apart share a request."""
        rows: dict[timedelta, list[Window]] = {}
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        for one in windows:
            rows.setdefault((one.start - epoch) % parsed.period, []).append(one)
        asked = {
            Question(parsed, min(row).start, max(row).end): {one.start for one in row}
            for row in rows.values()
        }
        answers = self._wire.ask(list(asked), self._deadline(self._config.history_timeout))
        values: dict[datetime, float | None] = {}
        for row, starts in asked.items():
            values |= {start: _point(value(answers[row], start)) for start in starts}
        return values

    def _deadline(self, patience: timedelta) -> Deadline:
        return Deadline(patience.total_seconds())


def _parsed(text: str) -> Parsed | NoValue:
    try:
        return parse(text)
    except ValueError as error:
        return NoValue(Outcome.ERROR, f"the query was refused: {error}", Blame.QUERY)


def _reading(query: Query, told: float | NoValue, end: datetime) -> Reading:
    if isinstance(told, NoValue):
        return _refused(query, told)
    return Reading(query.key, query.text, Outcome.OK, told, end)


def _refused(query: Query, why: NoValue) -> Reading:
    return Reading(query.key, query.text, why.outcome, detail=why.detail)


def _point(told: float | NoValue) -> float | None:
    """In a history a gap is a gap; what says that the rest can't be believed is an error."""
    if not isinstance(told, NoValue):
        return told
    if told.outcome in {Outcome.EMPTY, Outcome.NOT_FINITE, Outcome.WARNINGS}:
        return None
    if told.outcome is Outcome.MANY_SERIES:
        raise Permanent(told.detail)
    raise (Transient if told.blame is Blame.MOMENT else Permanent)(told.detail)

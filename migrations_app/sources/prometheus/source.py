"""Prometheus, and what speaks its HTTP API: Thanos, Mimir, VictoriaMetrics.

Verdicts come from `/api/v1/query` with an explicit time. A value counts only if it is one finite
number of one series that the server itself does not doubt.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from migrations_app.domain.reading import Outcome, Query, Reading
from migrations_app.sources.prometheus.check import examine
from migrations_app.sources.prometheus.config import PrometheusConfig
from migrations_app.sources.prometheus.envelope import number
from migrations_app.sources.prometheus.history import History
from migrations_app.sources.prometheus.question import instant
from migrations_app.sources.prometheus.wire import Wire
from migrations_app.sources.value import NoValue, refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import timedelta

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.domain.reading import Point


class _Moment(NamedTuple):
    """A query at a time. Equal ones are asked once, however many checks want the answer."""

    text: str
    at: datetime


class PrometheusSource:
    """Keeps its connections between calls. Its `repr` shows the host and nothing else."""

    kind: ClassVar[str] = "prometheus"
    Config: ClassVar[type[BaseModel]] = PrometheusConfig
    past: ClassVar[bool] = True
    tried: ClassVar[str] = "Prometheus 2.42, VictoriaMetrics 1.79"

    def __init__(self, config: PrometheusConfig) -> None:
        self._config = config
        self._wire = Wire(config)
        self._history = History(self._wire, config)

    def __repr__(self) -> str:
        return f"PrometheusSource({self._config.host})"

    def read(self, queries: Sequence[Query], at: datetime) -> list[Reading]:
        """One reading per query, in order, within `timeout`; unanswered ones are `TIMEOUT`.

        `sampled_at` is the moment asked about (`at` less the query's offset), or the time of the
        newest sample where `freshness` knows it to be older. Where `freshness` is configured and
        fails, no reading is OK: data of unknown age never looks healthy.
        """
        moments = [_Moment(query.text, at - query.offset) for query in queries]
        freshness = self._freshness(at)
        values = self._ask(dict.fromkeys([*moments, *freshness]))
        newest = next((_newest(values[moment]) for moment in freshness), None)
        asked = zip(queries, moments, strict=True)
        return [_reading(query, moment.at, values[moment], newest) for query, moment in asked]

    def history(self, query: Query, start: datetime, end: datetime, step: timedelta) -> list[Point]:
        """A point every `step` from `start` to `end`; None where there was no finite value.

        Raises `Permanent` (refused, not allowed, several series at one moment) or `Transient`.
        """
        return self._history.points(query, start, end, step)

    def invalid(self, query: Query) -> str | None:
        """Asks it once, now: that also finds what parses but can't be judged, such as a range."""
        [answer] = self._wire.ask([instant(self._config, query.text)], self._budget)
        return refusal(number(answer))

    def check(self) -> list[Finding]:
        """Reachable, authorised, which version, whose clock, how fresh, how well protected."""
        return examine(self._wire, self._config)

    def close(self) -> None:
        """Readings asked for afterwards are `ERROR`."""
        self._wire.close()

    @property
    def _budget(self) -> float:
        return self._config.timeout.total_seconds()

    def _freshness(self, at: datetime) -> list[_Moment]:
        """One moment, or none where nobody configured it."""
        freshness = self._config.freshness
        return [_Moment(freshness.query, at)] if freshness else []

    def _ask(self, moments: Collection[_Moment]) -> dict[_Moment, float | NoValue]:
        questions = [instant(self._config, text, at) for text, at in moments]
        answers = self._wire.ask(questions, self._budget)
        return {moment: number(answer) for moment, answer in zip(moments, answers, strict=True)}


def _reading(
    query: Query, at: datetime, value: float | NoValue, newest: datetime | NoValue | None
) -> Reading:
    if isinstance(value, NoValue):
        return _no_reading(query, value)
    if isinstance(newest, NoValue):
        return _no_reading(query, newest)
    sampled_at = min(at, newest) if newest else at
    return Reading(query.key, query.text, Outcome.OK, value, sampled_at)


def _no_reading(query: Query, why: NoValue) -> Reading:
    return Reading(query.key, query.text, why.outcome, detail=why.detail)


def _newest(value: float | NoValue) -> datetime | NoValue:
    """The freshness query's answer as a time, or why the age of all samples is unknown."""
    if isinstance(value, NoValue):
        return NoValue(value.outcome, f"the age of its samples is unknown: {value.detail}")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        sentence = f"the freshness query answered {value:g}, which is not a unix time in seconds"
        return NoValue(Outcome.ERROR, sentence)

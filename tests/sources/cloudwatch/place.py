"""A CloudWatch of moto's with a value for every minute, and a hand that stands in for the metric
math that the emulator lacks."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from migrations_app.domain.reading import Outcome
from migrations_app.sources.cloudwatch.config import CloudWatchConfig
from migrations_app.sources.cloudwatch.source import CloudWatchSource
from tests.fakes.between import Between, Heard, Said, between
from tests.real_moto import KEYS, SECRET, client
from tests.sources.build import LONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

MINUTES = 10
MINUTE = timedelta(minutes=1)
SESSION = "SESSION-OPEN-SESAME"
METRIC = 'Warroom/Tests:Moving{Side="green"}'


def minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


@dataclass(repr=False)
class Place:
    """`at` is well within the samples: each minute's value is its number in the hour."""

    hand: Between
    at: datetime
    secrets: Sequence[str] = (SECRET, SESSION)
    moving: str = f"Average({METRIC}[1m])"
    refused: str = "moving"

    @property
    def answers(self) -> Mapping[Outcome, str]:
        return {
            Outcome.OK: f"Maximum({METRIC}[1m])",
            Outcome.EMPTY: "Sum(Warroom/Tests:Nothing[1m])",
            Outcome.MANY_SERIES: f"METRICS() * Sum({METRIC}[1m])",
            Outcome.NOT_FINITE: f"0 / Sum({METRIC}[1m])",
            Outcome.WARNINGS: f"1 * Sum({METRIC}[1m])",
            Outcome.ERROR: "no metric at all",
        }

    @property
    def never(self) -> Mapping[Outcome, str]:
        return {}

    def moved(self, at: datetime) -> float:
        """Of the last whole minute two minutes before."""
        return float((minute(at) - 3 * MINUTE).minute)

    def config(self, timeout: float = LONG, **keys: object) -> CloudWatchConfig:
        given = {
            **KEYS,
            "session_token": SESSION,
            "url": self.hand.url,
            "timeout": timeout,
            "history_timeout": timeout,
            **keys,
        }
        return CloudWatchConfig.model_validate(given)

    def open(self, timeout: float = LONG, **keys: object) -> CloudWatchSource:
        return CloudWatchSource(self.config(timeout, **keys))

    @contextmanager
    def silent(self) -> Iterator[None]:
        self.hand.silent, self.hand.after = lambda _heard: True, False
        try:
            yield
        finally:
            self.hand.silent = lambda _heard: False

    def saying(
        self, results: Callable[[dict[str, Any]], Said | None]
    ) -> AbstractContextManager[None]:
        """Until the end of the block it is `results` that answers what is asked."""
        return _instead(self.hand, lambda heard: results(json.loads(heard.body)))


@contextmanager
def _instead(hand: Between, answer: Callable[[Heard], Said | None]) -> Iterator[None]:
    kept = hand.instead
    hand.instead = answer
    try:
        yield
    finally:
        hand.instead = kept


@contextmanager
def place(port: int) -> Iterator[Place]:
    at = minute(datetime.now(UTC)) + timedelta(seconds=7, milliseconds=123)
    cloudwatch = client("cloudwatch", port)
    newest = minute(at)
    cloudwatch.put_metric_data(
        Namespace="Warroom/Tests",
        MetricData=[
            {
                "MetricName": "Moving",
                "Dimensions": [{"Name": "Side", "Value": "green"}],
                "Timestamp": newest - n * MINUTE,
                "Value": float((newest - n * MINUTE).minute),
            }
            for n in range(MINUTES)
        ],
    )
    with between(port) as hand:
        hand.instead = _math
        yield Place(hand, at)


def _math(heard: Heard) -> Said | None:
    """What CloudWatch makes of three expressions; the rest is the emulator's."""
    asked = json.loads(heard.body)
    queries = asked["MetricDataQueries"]
    if not any("Expression" in query for query in queries):
        return None
    start = asked["StartTime"]
    results = [
        result
        for query in queries
        if query.get("ReturnData", True)
        for result in _results(query, query["Id"], start)
    ]
    return said(*results)


def _results(query: dict[str, Any], id_: str, start: float) -> list[dict[str, Any]]:
    match query.get("Expression", "")[:3]:
        case "MET":
            return [series(id_, start, 1.0), series(id_, start, 2.0)]
        case "0 /":
            return [series(id_, start, "NaN")]
        case "1 *":
            return [series(id_, start, 1.0) | {"StatusCode": "PartialData"}]
        case _:
            known = query["MetricStat"]["Metric"]["MetricName"] == "Moving"
            return [series(id_, start, *[1.0] * known)]


def series(id_: str, start: float, *values: object) -> dict[str, Any]:
    times = [start + 60 * n for n in range(len(values))]
    return {
        "Id": id_,
        "Label": id_,
        "Timestamps": times,
        "Values": values,
        "StatusCode": "Complete",
    }


def said(*results: dict[str, Any], **more: object) -> Said:
    body = {"MetricDataResults": results, "Messages": [], **more}
    return Said(200, json.dumps(body).encode(), {"content-type": "application/x-amz-json-1.0"})


def error(code: str, words: str, status: int = 400) -> Said:
    body = {"__type": code, "message": words}
    return Said(status, json.dumps(body).encode(), {"content-type": "application/x-amz-json-1.0"})

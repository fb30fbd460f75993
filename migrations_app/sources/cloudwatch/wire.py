"""Ask CloudWatch many questions at once, within one deadline."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from migrations_app.domain.errors import SeamError, Transient
from migrations_app.domain.reading import Outcome
from migrations_app.sources.cloudwatch.answers import QUERY_CODES, Blame, NoValue, Result, series
from migrations_app.sources.cloudwatch.text import Parsed, parse
from migrations_app.wire.aws import Aws
from migrations_app.wire.aws_refusal import AwsRefusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from migrations_app.sources.cloudwatch.config import CloudWatchConfig
    from migrations_app.sources.cloudwatch.window import Window
    from migrations_app.wire.deadline import Deadline

_MOST: Final = 500  # queries in one request
_ABOUT_NOW_S: Final = 0.01


@dataclass(frozen=True, slots=True)
class Question:
    """One query over one stretch of time."""

    parsed: Parsed
    start: datetime
    end: datetime


class Wire:
    """Thread-safe. Closed, it asks nothing."""

    def __init__(self, config: CloudWatchConfig) -> None:
        self._concurrency = config.concurrency
        self._aws = Aws(config, "cloudwatch", config.concurrency)

    def ask(
        self, questions: Sequence[Question], deadline: Deadline
    ) -> dict[Question, Result | NoValue]:
        """What came of each; equal ones are asked once."""
        batches = list(_batches(dict.fromkeys(questions)))
        call = partial(self._batch, deadline)
        if len(batches) <= 1:
            answers = [call(batch) for batch in batches]
        else:
            with ThreadPoolExecutor(min(self._concurrency, len(batches)), "cloudwatch") as pool:
                answers = list(pool.map(call, batches))
        return {question: told for answer in answers for question, told in answer.items()}

    def headers(self, at: datetime, deadline: Deadline) -> Mapping[str, str]:
        """Of the answer to a small question about a metric that every account has."""
        queries = parse("SampleCount(AWS/Usage:CallCount[1m])").queries("q")
        start = at - timedelta(minutes=5)
        told = self._page(deadline, MetricDataQueries=queries, StartTime=start, EndTime=at)
        headers: Mapping[str, str] = told["ResponseMetadata"]["HTTPHeaders"]
        return headers

    def close(self) -> None:
        self._aws.close()

    def _batch(
        self, deadline: Deadline, batch: Sequence[Question]
    ) -> dict[Question, Result | NoValue]:
        """One bad query makes CloudWatch refuse all that came with it: then each goes alone."""
        asked = {f"q{number}": question for number, question in enumerate(batch)}
        try:
            results = self._results(asked, deadline)
        except SeamError as error:
            if len(batch) > 1 and _blame(error) is Blame.QUERY:
                alone = [self._batch(deadline, [question]) for question in batch]
                return {question: told for one in alone for question, told in one.items()}
            return dict.fromkeys(batch, _none(error, deadline))
        return {question: series(results, id_) for id_, question in asked.items()}

    def _results(self, asked: Mapping[str, Question], deadline: Deadline) -> list[dict[str, Any]]:
        """Every page, put together by id. Two results of one id on one page are two series."""
        first = next(iter(asked.values()))
        queries = [one for id_, question in asked.items() for one in question.parsed.queries(id_)]
        stretch = {"StartTime": first.start, "EndTime": first.end, "ScanBy": "TimestampAscending"}
        page = self._page(deadline, MetricDataQueries=queries, **stretch)
        found = [dict(one) for one in page["MetricDataResults"]]
        while token := page.get("NextToken"):
            page = self._page(deadline, MetricDataQueries=queries, **stretch, NextToken=token)
            _join(found, page["MetricDataResults"])
        return found

    def _page(self, deadline: Deadline, **asked: object) -> Mapping[str, Any]:
        page = self._aws.ask("get_metric_data", deadline, **asked)
        if "MetricDataResults" not in page:
            raise Transient("What answered is not AWS's: somebody stands before CloudWatch.")
        return page


def _join(found: list[dict[str, Any]], page: list[dict[str, Any]]) -> None:
    """A later page goes on with the series of an earlier one, or begins others."""
    known = {one["Id"]: one for one in found}
    for one in page:
        if (into := known.get(one["Id"])) is None:
            found.append(dict(one))
            continue
        into["Timestamps"] = [*into["Timestamps"], *one["Timestamps"]]
        into["Values"] = [*into["Values"], *one["Values"]]
        into["StatusCode"] = one.get("StatusCode", "Complete")


def _batches(questions: Mapping[Question, None]) -> Iterator[list[Question]]:
    """Those of one stretch of time go together, as many as CloudWatch takes."""
    by_window: dict[tuple[datetime, datetime], list[Question]] = {}
    for question in questions:
        by_window.setdefault((question.start, question.end), []).append(question)
    for together in by_window.values():
        widest = max(len(question.parsed.metrics) for question in together) + 1
        rest = iter(together)
        while batch := list(islice(rest, _MOST // widest)):
            yield batch


def question(parsed: Parsed, window: Window) -> Question:
    return Question(parsed, window.start, window.end)


def _blame(error: SeamError) -> Blame:
    if isinstance(error, AwsRefusal) and error.code in QUERY_CODES:
        return Blame.QUERY
    return Blame.MOMENT if isinstance(error, Transient) else Blame.SETUP


def _none(error: SeamError, deadline: Deadline) -> NoValue:
    try:
        late = deadline.left() < _ABOUT_NOW_S
    except TimeoutError:
        late = True
    outcome = Outcome.TIMEOUT if late and isinstance(error, Transient) else Outcome.ERROR
    return NoValue(outcome, str(error).rstrip("."), _blame(error))

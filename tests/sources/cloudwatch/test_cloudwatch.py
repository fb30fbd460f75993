"""CloudWatch beyond the contract: batches, pages, refusals, and what may not be believed."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Permanent, Transient
from migrations_app.domain.reading import Outcome, Query
from migrations_app.sources.cloudwatch.check import examine
from migrations_app.sources.cloudwatch.config import CloudWatchConfig
from migrations_app.sources.cloudwatch.wire import Wire
from tests.fakes.between import Said
from tests.real_moto import KEYS, NEEDED
from tests.sources.build import read_one
from tests.sources.cloudwatch.place import METRIC, MINUTE, Place, error, said, series

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = NEEDED
MOVING = f"Average({METRIC}[1m])"
Asked = dict[str, Any]


def answering(*values: object, **more: object) -> Callable[[Asked], Said]:
    """One series, whatever is asked."""
    return lambda asked: said(series("q0", asked["StartTime"], *values) | more)


@pytest.mark.parametrize(
    ("answer", "outcome", "words"),
    [
        (answering(1.0, StatusCode="InternalError"), Outcome.ERROR, "InternalError"),
        (answering(StatusCode="Forbidden"), Outcome.ERROR, "may not read that metric"),
        (answering("Infinity"), Outcome.NOT_FINITE, "inf"),
        (lambda _asked: said(), Outcome.EMPTY, "not zero"),
        (
            lambda asked: said(series("q0", asked["StartTime"] + 60, 1.0)),
            Outcome.WARNINGS,
            "period",
        ),
        (
            answering(1.0, StatusCode="PartialData", Messages=[{"Code": "x", "Value": "too many"}]),
            Outcome.WARNINGS,
            "too many",
        ),
        (lambda _asked: error("Throttling", "Rate exceeded"), Outcome.ERROR, "slow down"),
        (lambda _asked: error("AccessDenied", "no", 403), Outcome.ERROR, "give it the right"),
        (lambda _asked: error("InternalFailure", "oops", 500), Outcome.ERROR, "oops"),
        (lambda _asked: Said(200, b"<html>"), Outcome.ERROR, "not AWS's"),
    ],
)
def test_what_may_not_be_believed(
    cloud: Place, answer: Callable[[Asked], Said], outcome: Outcome, words: str
) -> None:
    with closing(cloud.open()) as source, cloud.saying(answer):
        reading = read_one(source, MOVING, cloud.at)
    assert (reading.outcome, reading.value) == (outcome, None)
    assert words in reading.detail


def test_one_bad_query_spoils_no_other(cloud: Place) -> None:
    def answer(asked: Asked) -> Said:
        ids = [one["Id"] for one in asked["MetricDataQueries"]]
        if any("BAD" in str(one) for one in asked["MetricDataQueries"]):
            return error("ValidationError", "Invalid metric math")
        return said(*(series(id_, asked["StartTime"], 1.0) for id_ in ids))

    good, bad = Query("good", MOVING), Query("bad", f"BAD({MOVING})")
    with closing(cloud.open()) as source, cloud.saying(answer):
        readings = source.read([good, bad, good], cloud.at)
        assert [one.outcome for one in readings] == [Outcome.OK, Outcome.ERROR, Outcome.OK]
        assert "Invalid metric math" in readings[1].detail
        assert "Invalid metric math" in str(source.invalid(bad))
        with pytest.raises(Permanent, match="Invalid metric math"):
            source.history(bad, cloud.at, cloud.at, MINUTE)


def test_equal_questions_are_asked_once_and_many_in_few_requests(cloud: Place) -> None:
    queries = [Query("a", MOVING), Query("b", MOVING), Query("c", f"Sum({METRIC}[1m])")]
    cloud.hand.heard.clear()
    with closing(cloud.open()) as source:
        source.read(queries, cloud.at)
    [heard] = cloud.hand.heard
    assert [one["Id"] for one in json.loads(heard.body)["MetricDataQueries"]] == ["q0", "q1"]


def test_a_request_holds_no_more_than_cloudwatch_takes(cloud: Place) -> None:
    texts = [f"Sum(Warroom/Tests:M{n}[1m])" for n in range(600)]

    def answer(asked: Asked) -> Said:
        assert len(asked["MetricDataQueries"]) <= 500
        ids = [one["Id"] for one in asked["MetricDataQueries"]]
        return said(*(series(id_, asked["StartTime"], 1.0) for id_ in ids))

    with closing(cloud.open()) as source, cloud.saying(answer):
        readings = source.read([Query(text, text) for text in texts], cloud.at)
    assert {one.outcome for one in readings} == {Outcome.OK}


def test_later_pages_go_on_where_the_first_ended(cloud: Place) -> None:
    def answer(asked: Asked) -> Said:
        if "NextToken" in asked:
            return said(series("q0", asked["StartTime"] + 60, 2.0))
        return said(series("q0", asked["StartTime"], 1.0), NextToken="more")

    with closing(cloud.open()) as source, cloud.saying(answer):
        points = source.history(Query("c", MOVING), cloud.at - MINUTE, cloud.at, MINUTE)
    assert [point.value for point in points] == [1.0, 2.0]


def test_overlapping_windows_are_asked_for_in_as_many_rows(cloud: Place) -> None:
    cloud.hand.heard.clear()
    query = Query("c", f"Maximum({METRIC}[3m])")
    with closing(cloud.open()) as source:
        times = [cloud.at - n * MINUTE for n in reversed(range(4))]
        points = source.history(query, times[0], times[-1], MINUTE)
        readings = [read_one(source, query.text, at).value for at in times]
    assert [point.value for point in points] == readings
    assert len(cloud.hand.heard) == 3 + len(times)


def test_a_history_that_can_not_be_believed_is_an_error(cloud: Place) -> None:
    query = Query("c", MOVING)
    doubled = [series("q0", 0, 1.0), series("q0", 0, 2.0)]
    with closing(cloud.open()) as source:
        with cloud.saying(lambda _asked: said(*doubled)), pytest.raises(Permanent):
            source.history(query, cloud.at, cloud.at, MINUTE)
        with cloud.saying(answering(StatusCode="InternalError")), pytest.raises(Transient):
            source.history(query, cloud.at, cloud.at, MINUTE)
        for wrong in ((cloud.at, cloud.at - MINUTE, MINUTE), (cloud.at, cloud.at, timedelta(0))):
            with pytest.raises(Permanent, match="a history needs"):
                source.history(query, *wrong)
        with pytest.raises(Permanent, match="at most"):
            source.history(query, cloud.at - timedelta(days=2), cloud.at, timedelta(seconds=1))


def test_a_closed_source_says_so(cloud: Place) -> None:
    source = cloud.open()
    source.close()
    assert read_one(source, MOVING, cloud.at).outcome is Outcome.ERROR


def test_the_doctor_compares_clocks_and_knows_how_late_metrics_are(cloud: Place) -> None:
    wire = Wire(cloud.config())
    hour = timedelta(hours=1)
    with closing(wire):
        fast = examine(wire, cloud.config(), lambda: datetime.now(UTC) - hour)
        hasty = examine(wire, cloud.config(delay="10s"))
    [ill] = [finding.sentence for finding in fast if not finding.ok]
    assert "ahead of ours" in ill
    [ill] = [finding.sentence for finding in hasty if not finding.ok]
    assert "set delay to 1m" in ill


def test_the_doctor_says_who_may_not_read(cloud: Place) -> None:
    with closing(cloud.open()) as source, cloud.saying(lambda _: error("AccessDenied", "no", 403)):
        [finding] = source.check()
    assert "give it the right" in finding.sentence


def test_a_read_is_one_signed_request_to_the_region(cloud: Place) -> None:
    cloud.hand.heard.clear()
    with closing(cloud.open()) as source:
        read_one(source, MOVING, cloud.at)
    [heard] = cloud.hand.heard
    assert "/eu-central-1/monitoring/aws4_request" in heard.headers["authorization"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"delay": "6m"}, "between 1ms and 5m"),
        ({"concurrency": 0}, "greater than or equal"),
        ({"region": None}, "valid string"),
    ],
)
def test_what_makes_no_sense_is_refused(change: dict[str, object], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        CloudWatchConfig.model_validate(KEYS | change)


def test_without_a_url_it_is_the_regions_own() -> None:
    config = CloudWatchConfig.model_validate(KEYS)
    assert config.url == "https://monitoring.eu-central-1.amazonaws.com"

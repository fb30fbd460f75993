"""A query's time says when it was computed, not how old its samples are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.reading import Outcome, Query
from tests.sources.build import NOW, prometheus, read_one

if TYPE_CHECKING:
    from tests.sources.stub import Stub

MINUTE = timedelta(minutes=1)


def test_without_a_freshness_query_the_age_is_that_of_the_question(stub: Stub) -> None:
    with prometheus(stub.url) as source:
        now, then = source.read([Query("a", "value 1"), Query("b", "value 1", MINUTE)], NOW)
    assert (now.sampled_at, then.sampled_at) == (NOW, NOW - MINUTE)


@pytest.mark.parametrize("age", [0.0, 12.5, 3600.0])
def test_a_reading_is_as_old_as_the_newest_sample(age: float, stub: Stub) -> None:
    with prometheus(stub.url, freshness={"query": f"moment -{age}"}) as source:
        reading = read_one(source, "value 1")
    assert reading.outcome is Outcome.OK
    assert reading.sampled_at == NOW - timedelta(seconds=age)


def test_samples_from_the_future_are_not_fresher_than_now(stub: Stub) -> None:
    with prometheus(stub.url, freshness={"query": "moment 3600"}) as source:
        assert read_one(source, "value 1").sampled_at == NOW


def test_an_earlier_question_is_no_fresher_than_itself(stub: Stub) -> None:
    with prometheus(stub.url, freshness={"query": "moment -10"}) as source:
        (reading,) = source.read([Query("then", "value 1", MINUTE)], NOW)
    assert reading.sampled_at == NOW - MINUTE


@pytest.mark.parametrize(
    ("query", "outcome"),
    [
        ("empty", Outcome.EMPTY),
        ("nan", Outcome.NOT_FINITE),
        ("many", Outcome.MANY_SERIES),
        ("warned", Outcome.WARNINGS),
        ("internal", Outcome.ERROR),
        ("value 1e300", Outcome.ERROR),
        ("value 1795223087000", Outcome.ERROR),
    ],
)
def test_data_of_unknown_age_is_no_data(query: str, outcome: Outcome, stub: Stub) -> None:
    with prometheus(stub.url, freshness={"query": query}) as source:
        good, bad = source.read([Query("good", "value 1"), Query("bad", "garbage")], NOW)
    assert (good.outcome, good.value) == (outcome, None)
    assert "the age of its samples" in good.detail or "freshness" in good.detail
    assert "not Prometheus's JSON" in bad.detail


def test_freshness_is_asked_once_for_all(stub: Stub) -> None:
    queries = [Query(str(number), f"value {number}") for number in range(5)]
    with prometheus(stub.url, freshness={"query": "moment"}) as source:
        source.read(queries, NOW)
    assert sum(request.form["query"] == "moment" for request in stub.requests) == 1
    assert len(stub.requests) == 6

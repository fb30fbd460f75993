"""History: exact times, bounded requests, no retries, nothing invented."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.errors import Permanent, SeamError, Transient
from migrations_app.domain.reading import Point, Query
from tests.sources.build import NOW, SHORT, prometheus
from tests.sources.misbehaviour import success

if TYPE_CHECKING:
    from datetime import datetime

    from tests.sources.stub import Stub

SECOND = timedelta(seconds=1)
RANGE = "/api/v1/query_range"
LINE = Query("history", "line")


def answer(stub: Stub, *series: list[tuple[float, str]], **more: object) -> None:
    lines = [{"metric": {"n": str(n)}, "values": values} for n, values in enumerate(series)]
    stub.answered[RANGE] = success({"resultType": "matrix", "result": lines}, **more)


def test_times_are_exact_to_the_millisecond(stub: Stub) -> None:
    step = timedelta(milliseconds=250)
    with prometheus(stub.url) as source:
        points = source.history(LINE, NOW, NOW + SECOND, step)
    assert [point.at for point in points] == [NOW + step * n for n in range(5)]
    assert [point.value for point in points] == [
        pytest.approx(point.at.timestamp()) for point in points
    ]
    assert stub.last.form["start"] == f"{NOW.timestamp():.3f}"
    assert stub.last.form["step"] == "0.250"


def test_it_is_asked_as_everything_else_is(stub: Stub) -> None:
    with prometheus(
        stub.url, timeout=7, tenant="orders", auth={"bearer": "abc"}, lookback="9s"
    ) as source:
        source.history(LINE, NOW, NOW + SECOND, SECOND)
    assert (stub.last.method, stub.last.path) == ("POST", RANGE)
    assert stub.last.headers["authorization"] == "Bearer abc"
    assert stub.last.headers["x-scope-orgid"] == "orders"
    assert stub.last.form["timeout"] == "7.000"
    assert stub.last.form["lookback_delta"] == "9.000"


@pytest.mark.parametrize(("points", "requests"), [(11_000, 1), (11_001, 2), (30_000, 3)])
def test_a_long_history_is_asked_in_parts(points: int, requests: int, stub: Stub) -> None:
    with prometheus(stub.url) as source:
        found = source.history(LINE, NOW, NOW + SECOND * (points - 1), SECOND)
    assert [point.at for point in found] == [NOW + SECOND * n for n in range(points)]
    assert all(point.value == pytest.approx(point.at.timestamp()) for point in found)
    assert len(stub.requests) == requests


def test_parts_fit_into_the_response_limit(stub: Stub) -> None:
    with prometheus(stub.url, max_response_bytes=100_000) as source:
        found = source.history(LINE, NOW, NOW + SECOND * 5_000, SECOND)
    assert None not in [point.value for point in found]
    assert len(stub.requests) > 1


def test_only_finite_values_are_values(stub: Stub) -> None:
    start = NOW.timestamp()
    answer(stub, [(start, "1.5"), (start + 1, "NaN"), (start + 2, "+Inf"), (start + 4, "0")])
    with prometheus(stub.url) as source:
        points = source.history(LINE, NOW, NOW + SECOND * 5, SECOND)
    assert points == [
        Point(NOW + SECOND * n, value) for n, value in enumerate([1.5, None, None, None, 0, None])
    ]


def test_series_may_follow_each_other(stub: Stub) -> None:
    """A pod was replaced: at no moment is there any doubt."""
    start = NOW.timestamp()
    answer(stub, [(start, "1")], [(start + 1, "2"), (start + 2, "3")])
    with prometheus(stub.url) as source:
        points = source.history(LINE, NOW, NOW + SECOND * 2, SECOND)
    assert [point.value for point in points] == [1, 2, 3]


def test_series_may_not_overlap(stub: Stub) -> None:
    start = NOW.timestamp()
    answer(stub, [(start, "1"), (start + 1, "1")], [(start + 1, "2")])
    with prometheus(stub.url) as source, pytest.raises(Permanent, match="several series"):
        source.history(LINE, NOW, NOW + SECOND * 2, SECOND)


def test_a_doubted_history_is_none(stub: Stub) -> None:
    answer(stub, [(NOW.timestamp(), "1")], warnings=["a store did not answer"])
    with prometheus(stub.url) as source, pytest.raises(Transient, match="a store did not answer"):
        source.history(LINE, NOW, NOW, SECOND)


@pytest.mark.parametrize("query", ["internal", "gave-up", "mute", "slow-down", "garbage"])
def test_what_may_pass_is_transient_and_not_retried(query: str, stub: Stub) -> None:
    with prometheus(stub.url) as source, pytest.raises(Transient):
        source.history(Query("history", query), NOW, NOW, SECOND)
    assert len(stub.requests) == 1


@pytest.mark.parametrize(
    "query", ["invalid", "too-much", "who", "forbidden", "nowhere", "redirect"]
)
def test_what_a_person_has_to_change_is_permanent(query: str, stub: Stub) -> None:
    with prometheus(stub.url) as source, pytest.raises(Permanent):
        source.history(Query("history", query), NOW, NOW, SECOND)


@pytest.mark.parametrize("query", ["hang", "drip", "drip-head"])
def test_it_ends_with_its_timeout(query: str, stub: Stub) -> None:
    with prometheus(stub.url, SHORT) as source, pytest.raises(Transient, match="in time"):
        source.history(Query("history", query), NOW, NOW, SECOND)


@pytest.mark.parametrize("query", ["endless", "bomb", "value 1"])
def test_too_much_or_something_else_is_an_error(query: str, stub: Stub) -> None:
    with prometheus(stub.url) as source, pytest.raises(SeamError):
        source.history(Query("history", query), NOW, NOW, SECOND)


@pytest.mark.parametrize(("end", "step"), [(NOW - SECOND, SECOND), (NOW, timedelta(0))])
def test_a_senseless_span_is_refused(end: datetime, step: timedelta, stub: Stub) -> None:
    with prometheus(stub.url) as source, pytest.raises(Permanent, match="after its start"):
        source.history(LINE, NOW, end, step)


def test_answers_outside_the_span_are_not_put_into_it(stub: Stub) -> None:
    answer(stub, [(NOW.timestamp() - 60, "1"), (NOW.timestamp() + 60, "2")])
    with prometheus(stub.url) as source:
        points = source.history(LINE, NOW, NOW + SECOND, SECOND)
    assert [point.value for point in points] == [None, None]

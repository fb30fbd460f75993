"""The same samples, the same questions: a real Prometheus and ours must give the same answers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_app.practice.promql import render
from migrations_app.practice.promql.engine import Engine
from migrations_app.practice.promql.windows import Dialect
from tests.practice.promql.agreement import differences, differences_at, envelope, seconds
from tests.practice.promql.grammar import queries
from tests.practice.promql.past import BEGIN, END, STEP, openmetrics, past, store_of
from tests.practice.promql.queries import ALL
from tests.real_prometheus import NEEDED, RealPrometheus, Setup, prometheus

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = NEEDED

# Before everything, at a sample's very time, between samples, at a series' end, long after it.
MOMENTS = [
    BEGIN - 1,
    BEGIN + 4 * STEP,
    BEGIN + 60_000,
    BEGIN + 300_123,
    BEGIN + 333_333,
    END - 395_000,
    END - 395_000 + 299_000,
    END - 1,
    END + 100_000,
]


@pytest.fixture(scope="module")
def theirs() -> Iterator[RealPrometheus]:
    with prometheus(Setup(past=openmetrics(past()))) as real:
        yield real


@pytest.fixture(scope="module")
def ours(theirs: RealPrometheus) -> Engine:
    return Engine(store_of(past()), Dialect.THREE if theirs.major >= 3 else Dialect.TWO)


@pytest.mark.parametrize("query", ALL)
def test_agrees_at_any_moment(query: str, ours: Engine, theirs: RealPrometheus) -> None:
    for moment in MOMENTS:
        assert not differences_at(moment, query, ours, theirs), moment


@pytest.mark.parametrize("query", ALL)
def test_agrees_over_time(query: str, ours: Engine, theirs: RealPrometheus) -> None:
    times = range(BEGIN - 7_000, END + 60_000, 7_000)
    answer = envelope(lambda: render.matrix(ours.history(query, times, math.inf)))
    start, end = seconds(times[0]), seconds(times[-1])
    wanted = theirs.ask("query_range", query=query, start=start, end=end, step="7")
    assert not differences(answer, wanted)


# Derandomised, so that a failure here is news and not luck.
@settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(query=queries, moment=st.sampled_from(MOMENTS) | st.integers(BEGIN, END))
def test_agrees_on_any_query(query: str, moment: int, ours: Engine, theirs: RealPrometheus) -> None:
    assert not differences_at(moment, query, ours, theirs)

"""Rates by hand, as Prometheus 3 extrapolates them and as Prometheus 2 did."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from migrations_app.practice.promql.windows import Dialect, Window, deriv, increase, rate
from tests.practice.promql.build import engine_with, one

TWO, THREE = Dialect.TWO, Dialect.THREE
COUNTS = st.lists(st.integers(0, 1_000).map(float), min_size=2, max_size=60)


def window(values: list[float], start: int, end: int, dialect: Dialect = THREE) -> Window:
    """Sampled every second from 1 s on."""
    return Window([1_000 * (n + 1) for n in range(len(values))], values, start, end, dialect)


@pytest.mark.parametrize("dialect", Dialect)
def test_a_steady_counter_has_its_steady_rate(dialect: Dialect) -> None:
    engine = engine_with(*(100.0 + 7 * n for n in range(20)), dialect=dialect)
    assert one(engine, "rate(x[10s])", 19_500) == pytest.approx(7)
    assert one(engine, "increase(x[10s])", 19_500) == pytest.approx(70)


@pytest.mark.parametrize("dialect", Dialect)
def test_a_restart_loses_nothing_that_was_counted(dialect: Dialect) -> None:
    assert increase(window([50, 60, 5, 15], 500, 4_500, dialect)) == pytest.approx(25 * 4 / 3)


def test_the_first_instant_belongs_to_the_window_only_in_prometheus_2() -> None:
    values = [float(n) for n in range(11)]
    counts = {
        dialect: one(engine_with(*values, dialect=dialect), "count_over_time(x[5s])", 10_000)
        for dialect in Dialect
    }
    assert counts == {TWO: 6, THREE: 5}


def test_a_sample_as_old_as_the_lookback_is_seen_only_by_prometheus_2() -> None:
    seen = {dialect: one(engine_with(1.0, dialect=dialect), "x", 300_000) for dialect in Dialect}
    assert seen == {TWO: 1, THREE: None}
    assert one(engine_with(1.0), "x", 299_999) == 1


def test_a_young_counter_is_not_older_than_zero() -> None:
    """Samples 1, 3, 5 at 1 s, 2 s, 3 s: it was zero half a second before the first."""
    assert increase(window([1, 3, 5], 200, 3_000)) == pytest.approx(4 * 2.5 / 2)
    assert increase(window([1, 3, 5], 200, 3_000, TWO)) == pytest.approx(4 * 2.5 / 2)


def test_far_from_the_edge_prometheus_2_trusts_zero_more() -> None:
    """Zero lies 0.8 s before the first sample; half a gap is 0.5 s."""
    values = [1.6, 3.6, 5.6]
    assert increase(window(values, -60_000, 3_000, THREE)) == pytest.approx(4 * 2.5 / 2)
    assert increase(window(values, -60_000, 3_000, TWO)) == pytest.approx(4 * 2.8 / 2)


def test_one_sample_has_no_rate() -> None:
    assert rate(window([1], 0, 5_000)) is None
    assert deriv(window([1], 0, 5_000)) is None


@given(values=COUNTS, before=st.integers(1, 5_000), after=st.integers(0, 5_000))
def test_a_counter_never_goes_down(values: list[float], before: int, after: int) -> None:
    end = 1_000 * len(values) + after
    for dialect in Dialect:
        gain = increase(window(values, 1_000 - before, end, dialect))
        assert gain is not None
        assert gain >= 0
        assert rate(window(values, 1_000 - before, end, dialect)) == pytest.approx(
            gain / ((end - 1_000 + before) / 1_000)
        )


@given(slope=st.integers(-100, 100), offset=st.integers(-(10**6), 10**6), count=st.integers(2, 50))
def test_the_slope_of_a_line_is_its_slope(slope: int, offset: int, count: int) -> None:
    values = [float(offset + slope * n) for n in range(count)]
    assert deriv(window(values, 0, 100_000)) == pytest.approx(slope, abs=1e-6)


@given(values=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=30), share=st.floats(0, 1))
def test_a_quantile_lies_within_its_values(values: list[float], share: float) -> None:
    engine = engine_with(*values)
    after = 1_000 * len(values)
    found = one(engine, f"quantile_over_time({share!r}, x[1h])", after)
    assume(found is not None)
    assert found is not None
    assert min(values) - 1e-6 <= found <= max(values) + 1e-6
    assert one(engine, "quantile_over_time(0, x[1h])", after) == min(values)
    assert one(engine, "quantile_over_time(1, x[1h])", after) == max(values)


def test_not_a_number_at_an_end_is_carried_along() -> None:
    gain = increase(window([math.nan, 1.0], 0, 3_000))
    assert gain is not None
    assert math.isnan(gain)

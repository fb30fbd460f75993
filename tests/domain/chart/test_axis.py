"""Axes: round, complete, never flat."""

from __future__ import annotations

import itertools
import math
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.chart import bounds, ticks

MOMENTS = st.integers(0, 4_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))
SPANS = st.timedeltas(timedelta(seconds=1), timedelta(days=900))
VALUES = st.floats(-1e299, 1e299)


@given(st.lists(VALUES, min_size=1))
def test_an_axis_shows_every_value_and_has_height(values: list[float]) -> None:
    low, high = bounds(values)
    assert math.isfinite(low)
    assert math.isfinite(high)
    assert low < high
    slack = max(abs(low), abs(high)) * 1e-9
    assert all(low - slack <= value <= high + slack for value in values)


def test_an_axis_begins_at_zero_where_that_costs_little() -> None:
    assert bounds([0.02, 0.31]) == (0.0, 0.4)
    low, _ = bounds([99.2, 99.9])
    assert low > 90


def test_a_level_line_is_in_the_middle_of_its_axis() -> None:
    low, high = bounds([3.0, 3.0])
    assert low < 3.0 < high
    assert bounds([0.0]) == (-0.5, 0.5)


@given(MOMENTS, SPANS, st.integers(2, 12))
def test_ticks_are_few_within_and_evenly_apart(start: datetime, span: timedelta, most: int) -> None:
    found = ticks(start, start + span, most)
    assert len(found) <= most + 1
    assert all(start <= at <= start + span for at in found)
    assert len({later - at for at, later in itertools.pairwise(found)}) <= 1


def test_ticks_stand_at_round_moments() -> None:
    start = datetime(2026, 3, 1, 1, 58, 40, tzinfo=UTC)
    found = ticks(start, start + timedelta(minutes=20))
    assert [f"{at:%H:%M:%S}" for at in found] == ["02:00:00", "02:05:00", "02:10:00", "02:15:00"]

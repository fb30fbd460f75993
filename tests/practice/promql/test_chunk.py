"""Packing keeps every bit."""

from __future__ import annotations

import math
from array import array

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.practice.promql.chunk import STALE, is_stale, pack

VALUES = st.floats() | st.just(STALE)
SAMPLES = st.lists(st.tuples(st.integers(1, 10**6), VALUES), min_size=1, max_size=150)


@given(start=st.integers(-(2**40), 2**44), samples=SAMPLES)
def test_what_is_unpacked_is_what_was_packed(start: int, samples: list[tuple[int, float]]) -> None:
    times, values, now = array("q"), array("d"), start
    for step, value in samples:
        now += step
        times.append(now)
        values.append(value)
    chunk = pack(times, values)
    assert (chunk.start, chunk.end) == (times[0], times[-1])
    unpacked_times, unpacked_values = chunk.samples()
    assert unpacked_times == times
    assert unpacked_values.tobytes() == values.tobytes()


def test_steady_series_take_little() -> None:
    times = array("q", range(0, 120_000, 1_000))
    assert len(pack(times, array("d", [42.0] * 120)).packed) < 120
    assert len(pack(times, array("d", map(float, range(120)))).packed) < 5 * 120


@given(st.floats())
def test_no_number_is_stale(value: float) -> None:
    assert not is_stale(value)
    assert not is_stale(value + math.nan)


def test_the_mark_is_stale_until_it_is_calculated_with() -> None:
    assert is_stale(STALE)
    assert is_stale(array("d", [STALE])[0])
    assert not is_stale(STALE + 0.0)

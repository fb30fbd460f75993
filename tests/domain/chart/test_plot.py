"""Plots: what is measured is drawn, what isn't is not, and nothing leaves the drawing."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.chart import Bucket, Window, plot

START = datetime(2026, 3, 1, tzinfo=UTC)
STEP = timedelta(seconds=10)
WINDOW = Window(START, START + 60 * STEP)
VALUES = st.one_of(st.none(), st.floats(-1e299, 1e299))


def bucket(at: int, low: float | None, high: float | None = None, **more: object) -> Bucket:
    """One of ten seconds, whose BLUE is `more["blue"]`."""
    moment = START + at * STEP
    blue = more.get("blue")
    assert blue is None or isinstance(blue, float)
    return Bucket(
        moment, moment + STEP / 2, low, low if high is None else high, blue, blue, blue,
        gap=low is None, failed=bool(more.get("failed")), no_data=low is None,
    )  # fmt: skip


def nowhere(_: float | None) -> tuple[float, ...]:
    return ()


def points(text: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split())]


@given(st.lists(st.tuples(VALUES, VALUES), max_size=60))
def test_every_stretch_is_drawn_within_and_every_gap_stays_one(
    values: list[tuple[float | None, float | None]],
) -> None:
    found = [bucket(at, value, blue=blue) for at, (value, blue) in enumerate(values)]
    drawn = plot(found, WINDOW, nowhere, STEP)
    for side, at in (("green", 0), ("blue", 1)):
        there = [pair[at] is not None for pair in values]
        stretches = sum(1 for known, _ in itertools.groupby(there) if known)
        paths = [points(one.points) for one in drawn.paths if one.side == side]
        assert len(paths) == stretches
        assert sum(map(len, paths)) == sum(there)
    for x, y in (pair for one in drawn.paths for pair in points(one.points)):
        assert 0 <= x <= 1000
        assert -0.1 <= y <= 100.1


def test_a_spike_within_a_bucket_is_not_lost() -> None:
    drawn = plot([bucket(0, 1.0), bucket(1, 1.0, 9.0), bucket(2, 1.0)], WINDOW, nowhere, STEP)
    (path,) = drawn.paths
    assert min(y for _, y in points(path.points)) < 15


def test_silence_longer_than_patience_is_a_gap() -> None:
    drawn = plot([bucket(0, 1.0), bucket(7, 1.0)], WINDOW, nowhere, 3 * STEP)
    assert len(drawn.paths) == 2


def test_a_fixed_limit_runs_across_and_is_always_in_sight() -> None:
    drawn = plot([bucket(0, 1.0)], WINDOW, lambda _: (50.0,), STEP)
    (limit,) = map(points, drawn.limits)
    assert [x for x, _ in limit] == [0, 1000]
    assert 0 <= limit[0][1] <= 50


def test_a_limit_beside_blue_moves_with_blue() -> None:
    def above(reference: float | None) -> tuple[float, ...]:
        return () if reference is None else (1.25 * reference,)

    found = [bucket(0, 1.0, blue=100.0), bucket(1, 1.0, blue=200.0), bucket(2, 1.0)]
    drawn = plot(found, WINDOW, above, STEP)
    (limit,) = map(points, drawn.limits)
    heights = [y for _, y in limit]
    assert len(heights) == 4
    assert heights[0] == heights[1] > heights[2] == heights[3]


def test_bad_spells_are_as_long_as_they_were_and_never_invisible() -> None:
    drawn = plot([bucket(0, 1.0, failed=True), bucket(30, None)], WINDOW, nowhere, STEP)
    assert [(one.failed, one.x) for one in drawn.spells] == [(True, 0.0), (False, 500.0)]
    assert all(one.width >= 2 for one in drawn.spells)


def test_nothing_measured_is_an_empty_plot() -> None:
    assert plot([], WINDOW, nowhere, STEP).empty
    assert plot([bucket(0, None)], WINDOW, nowhere, STEP).empty

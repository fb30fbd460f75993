from __future__ import annotations

import json
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.verdict.share import Share
from tests.domain.verdict.made import T0, seconds

PERIODS = st.timedeltas(min_value=seconds(1), max_value=timedelta(days=30))
STRETCHES = st.lists(st.tuples(st.integers(1, 3_600_000), st.sampled_from([True, False, None])))


def filled(period: timedelta, stretches: list[tuple[int, bool | None]]) -> tuple[Share, timedelta]:
    """Stretches of so many milliseconds that were true, false, or unknown; and their length."""
    share, at = Share(T0, period), T0
    for length, true in stretches:
        end = at + timedelta(milliseconds=length)
        share = share if true is None else share.add(at, end, true=true)
        at = end
    return share, at - T0


def exact(period: timedelta, stretches: list[tuple[int, bool | None]], wanted: bool) -> timedelta:
    """The same by brute force: what of the trailing period is in the wanted stretches."""
    left, total = period, timedelta(0)
    for length, true in reversed(stretches):
        part = min(left, timedelta(milliseconds=length))
        total, left = total + (part if true is wanted else timedelta(0)), left - part
    return total


@given(PERIODS, STRETCHES)
def test_right_to_within_a_bucket(
    period: timedelta, stretches: list[tuple[int, bool | None]]
) -> None:
    share, length = filled(period, stretches)
    true, false = share.spans(T0 + length)
    resolution = period / 119 + timedelta(milliseconds=1)
    assert abs(true - exact(period, stretches, wanted=True)) <= resolution
    assert abs(false - exact(period, stretches, wanted=False)) <= resolution


@given(PERIODS, STRETCHES)
def test_never_more_than_the_period(
    period: timedelta, stretches: list[tuple[int, bool | None]]
) -> None:
    share, length = filled(period, stretches)
    for later in (timedelta(0), period / 3, 2 * period):
        true, false = share.spans(T0 + length + later)
        assert true + false <= period + timedelta(microseconds=2)


@given(PERIODS, STRETCHES)
def test_exact_while_the_period_is_young(
    period: timedelta, stretches: list[tuple[int, bool | None]]
) -> None:
    longer = period + sum((timedelta(milliseconds=ms) for ms, _ in stretches), timedelta(0))
    share, length = filled(longer, stretches)
    assert share.spans(T0 + length) == (
        exact(longer, stretches, wanted=True),
        exact(longer, stretches, wanted=False),
    )


@given(PERIODS, STRETCHES)
def test_small_and_the_same_after_json(
    period: timedelta, stretches: list[tuple[int, bool | None]]
) -> None:
    share, _ = filled(period, stretches)
    assert len(share.buckets) <= 120
    assert Share.from_json(json.loads(json.dumps(share.to_json()))) == share


def test_one_stretch_longer_than_the_period_stays_small() -> None:
    share = Share(T0, seconds(10)).add(T0, T0 + timedelta(hours=1), true=True)
    assert len(share.buckets) == 120
    assert share.spans(T0 + timedelta(hours=1)) == (seconds(10), seconds(0))


def test_what_is_older_than_the_period_is_forgotten() -> None:
    share = Share(T0, seconds(60)).add(T0, T0 + seconds(60), true=True)
    assert share.spans(T0 + seconds(90))[0] == seconds(30)
    assert share.spans(T0 + seconds(121))[0] == seconds(0)

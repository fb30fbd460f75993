"""The stretch of time that a reading is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.sources.cloudwatch.window import Window, window

NOW = datetime(2026, 11, 20, 2, 14, 7, 123_000, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PERIODS = st.sampled_from([1, 5, 10, 30, 60, 300, 420, 3600, 7200, 86_400])


def at(hour: int, minute: int, second: int = 0) -> datetime:
    return NOW.replace(hour=hour, minute=minute, second=second, microsecond=0)


def test_it_ends_at_the_last_whole_minute_before_the_delay() -> None:
    assert window(NOW, MINUTE, 2 * MINUTE, NOW) == Window(at(2, 11), at(2, 12))
    assert window(NOW, 5 * MINUTE, 2 * MINUTE, NOW) == Window(at(2, 7), at(2, 12))


def test_fine_metrics_move_by_their_period_and_wide_ones_by_a_sixtieth() -> None:
    fine = timedelta(seconds=10)
    assert window(NOW, fine, timedelta(0), NOW) == Window(at(2, 13, 50), at(2, 14))
    assert window(NOW, 4 * HOUR, 2 * MINUTE, NOW).end == at(2, 12)
    assert window(NOW + MINUTE, 4 * HOUR, 2 * MINUTE, NOW).end == at(2, 12)


def test_what_is_old_begins_where_cloudwatch_still_has_it() -> None:
    assert window(NOW, MINUTE, 2 * MINUTE, NOW + 20 * DAY).end == at(2, 10)
    assert window(NOW, MINUTE, 2 * MINUTE, NOW + 70 * DAY).end == at(2, 0)


@given(
    PERIODS.map(lambda seconds: timedelta(seconds=seconds)),
    st.timedeltas(timedelta(0), timedelta(minutes=5)),
    st.timedeltas(timedelta(0), timedelta(days=90)),
    st.timedeltas(timedelta(0), timedelta(days=90)),
)
def test_it_is_whole_and_over_and_never_later_for_an_earlier_moment(
    period: timedelta, delay: timedelta, age: timedelta, earlier: timedelta
) -> None:
    one = window(NOW - age, period, delay, NOW)
    before = window(NOW - age - earlier, period, delay, NOW)
    assert one.end - one.start == period
    assert before.end <= one.end <= NOW - age - delay
    assert one.end.microsecond == 0

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.duration import compact, parse_duration, promql, spoken

YEARS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3650))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("10m", timedelta(minutes=10)),
        ("10 m", timedelta(minutes=10)),
        (" 5 min ", timedelta(minutes=5)),
        ("24h", timedelta(hours=24)),
        ("1d12h", timedelta(days=1, hours=12)),
        ("1 d 12 h", timedelta(days=1, hours=12)),
        ("90s", timedelta(seconds=90)),
        ("1.5s", timedelta(seconds=1.5)),
        ("500ms", timedelta(milliseconds=500)),
        ("1m500ms", timedelta(seconds=60.5)),
        ("2w", timedelta(weeks=2)),
        ("0s", timedelta(0)),
        ("0.1s", timedelta(milliseconds=100)),
    ],
)
def test_reads_what_people_write(text: str, expected: timedelta) -> None:
    assert parse_duration(text) == expected


@pytest.mark.parametrize(
    "text", ["", "10", "m", "-5m", "5 mm", "10m or so", "5M", "1,5s", "PT5M", "٣m", "5m\n;"]
)
def test_says_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not a duration\. Write it like"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["5m1h", "1m1m", "1m 1min", "1s 1m"])
def test_units_come_once_and_largest_first(text: str) -> None:
    with pytest.raises(ValueError, match="the largest first"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["4000d", "9" * 60 + "w", "3650d1ms"])
def test_refuses_more_than_ten_years(text: str) -> None:
    with pytest.raises(ValueError, match="longer than ten years"):
        parse_duration(text)


@given(YEARS)
def test_compact_is_read_back_exactly(duration: timedelta) -> None:
    assert parse_duration(compact(duration)) == duration


@pytest.mark.parametrize(
    ("duration", "short", "words", "range_"),
    [
        (timedelta(0), "0s", "0 s", "1ms"),
        (timedelta(microseconds=250), "0.25ms", "0 ms", "1ms"),
        (timedelta(milliseconds=400), "400ms", "400 ms", "400ms"),
        (timedelta(milliseconds=999.9), "999.9ms", "999 ms", "999ms"),
        (timedelta(seconds=1.59), "1.59s", "1.5 s", "1590ms"),
        (timedelta(seconds=41.9), "41.9s", "41 s", "41900ms"),
        (timedelta(seconds=59.999), "59.999s", "59 s", "59999ms"),
        (timedelta(seconds=370), "6m10s", "6 m 10 s", "6m10s"),
        (timedelta(minutes=9, seconds=59.9), "9m59.9s", "9 m 59 s", "599900ms"),
        (timedelta(hours=3, minutes=12, seconds=5), "3h12m5s", "3 h 12 m", "3h12m5s"),
        (timedelta(hours=3, seconds=5), "3h5s", "3 h", "3h5s"),
        (timedelta(hours=24), "24h", "24 h", "24h"),
        (timedelta(hours=36), "36h", "36 h", "36h"),
        (timedelta(hours=76), "3d4h", "3 d 4 h", "3d4h"),
        (timedelta(weeks=2), "14d", "14 d", "14d"),
        (timedelta(seconds=-370), "-6m10s", "−6 m 10 s", "1ms"),
    ],
)
def test_three_ways_to_say_it(duration: timedelta, short: str, words: str, range_: str) -> None:
    assert (compact(duration), spoken(duration)) == (short, words)
    assert promql(max(duration, timedelta(0))) == range_


@given(YEARS)
def test_spoken_never_rounds_up(duration: timedelta) -> None:
    assert parse_duration(spoken(duration)) <= duration


@given(YEARS)
def test_promql_gets_whole_numbers_and_never_an_empty_range(duration: timedelta) -> None:
    written = promql(duration)
    assert "." not in written
    assert parse_duration(written) > timedelta(0)

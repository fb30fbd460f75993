from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from migrations_app.domain.quantity import (
    Quantity,
    Unit,
    exactly,
    parse_quantity,
    plain,
    same,
    spoken,
)

NUMBERS = st.floats(min_value=-1e15, max_value=1e15).filter(lambda x: x == 0 or abs(x) > 1e-9)
UNITS = st.sampled_from(Unit)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0.3 %", Quantity(0.3, Unit.PERCENT)),
        ("+25%", Quantity(25, Unit.PERCENT)),
        ("−1 %", Quantity(-1, Unit.PERCENT)),
        ("400ms", Quantity(400, Unit.MILLISECOND)),
        ("250 µs", Quantity(0.25, Unit.MILLISECOND)),
        ("10 min", Quantity(600, Unit.SECOND)),
        ("2 h", Quantity(7200, Unit.SECOND)),
        ("64 KiB", Quantity(65536, Unit.BYTE)),
        ("1.5 MB", Quantity(1_500_000, Unit.BYTE)),
        ("2 kB", Quantity(2000, Unit.BYTE)),
        ("1 TiB", Quantity(1024**4, Unit.BYTE)),
        ("120/s", Quantity(120, Unit.PER_SECOND)),
        ("120 1/s", Quantity(120, Unit.PER_SECOND)),
        ("14.4x", Quantity(14.4, Unit.TIMES)),
        ("2 ×", Quantity(2, Unit.TIMES)),
        ("200 count", Quantity(200, Unit.COUNT)),
        ("0.003 ratio", Quantity(0.003, Unit.RATIO)),
        ("1e3 s", Quantity(1000, Unit.SECOND)),
        (" 200 ", Quantity(200)),
    ],
)
def test_reads_what_people_write(text: str, expected: Quantity) -> None:
    assert parse_quantity(text) == expected


@pytest.mark.parametrize("text", ["", "fast", "%", "nan %", "inf", "0,3 %", "1 000", "٣ %"])
def test_says_how_to_write_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a quantity|no unit"):
        parse_quantity(text)


def test_an_unknown_unit_is_named_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r'there is no unit "furlongs"\. Known: ratio, %, s, ms'):
        parse_quantity("5 furlongs")


def test_refuses_what_no_float_holds() -> None:
    with pytest.raises(ValueError, match="too large"):
        parse_quantity("1e999 s")


@given(NUMBERS, st.none() | UNITS)
def test_what_is_written_is_read_back(value: float, unit: Unit | None) -> None:
    quantity = Quantity(value, unit)
    assert parse_quantity(str(quantity)) == quantity


@pytest.mark.parametrize(
    ("written", "unit", "value"),
    [
        ("0.3 %", Unit.RATIO, 0.003),
        ("0.7 %", Unit.RATIO, 0.007),
        ("0.003 ratio", Unit.PERCENT, 0.3),
        ("99.9 %", Unit.RATIO, 0.999),
        ("400 ms", Unit.SECOND, 0.4),
        ("0.1 s", Unit.MILLISECOND, 100),
        ("5", Unit.SECOND, 5),
        ("5 s", Unit.SECOND, 5),
    ],
)
def test_converts_to_exactly_the_number_one_would_write(
    written: str, unit: Unit, value: float
) -> None:
    assert parse_quantity(written).to(unit) == Quantity(value, unit)


def test_refuses_to_convert_between_dimensions_naming_both() -> None:
    with pytest.raises(ValueError, match=r'"0.3 %" is in %, which can\'t be turned into ms'):
        Quantity(0.3, Unit.PERCENT).to(Unit.MILLISECOND)
    with pytest.raises(ValueError, match=r"x.*into %"):
        Quantity(14, Unit.TIMES).to(Unit.PERCENT)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (268.4, Unit.MILLISECOND, "268 ms"),
        (1234, Unit.MILLISECOND, "1.2 s"),
        (0.268, Unit.SECOND, "268 ms"),
        (1.2345, Unit.SECOND, "1.2 s"),
        (0, Unit.SECOND, "0 s"),
        (12.6, Unit.SECOND, "13 s"),
        (0.3111, Unit.PERCENT, "0.31 %"),
        (0.0008, Unit.RATIO, "0.08 %"),
        (31.37, Unit.PERCENT, "31 %"),
        (99.95, Unit.PERCENT, "99.95 %"),
        (0.9991, Unit.RATIO, "99.91 %"),
        (95.31, Unit.PERCENT, "95.3 %"),
        (100, Unit.PERCENT, "100 %"),
        (-1.44, Unit.PERCENT, "−1.4 %"),
        (1_540_000_000, Unit.BYTE, "1.5 GB"),
        (999, Unit.BYTE, "999 B"),
        (0, Unit.BYTE, "0 B"),
        (120.4, Unit.PER_SECOND, "120/s"),
        (112, Unit.COUNT, "112"),
        (14.2, Unit.TIMES, "14x"),
        (1e-300, Unit.SECOND, "1e−297 ms"),
        (1e22, Unit.COUNT, "1e+22"),
    ],
)
def test_speaks_in_sensible_digits(value: float, unit: Unit, words: str) -> None:
    assert spoken(value, unit) == words


@pytest.mark.parametrize(
    ("value", "beside", "words"),
    [
        (0.30001, 0.3, "0.30001 %"),
        (0.29999, 0.3, "0.29999 %"),
        (0.1 + 0.2, 0.3, "0.3 %"),
        (14.2, 14, "14.2 %"),
        (0.31, 0.3, "0.31 %"),
        (499.9999, 500, "499.9999 %"),
    ],
)
def test_a_value_near_its_threshold_shows_which_side_it_is_on(
    value: float, beside: float, words: str
) -> None:
    assert spoken(value, Unit.PERCENT, beside) == words


@given(st.floats(0.001, 1e6), st.floats(-1e-6, 1e-6))
def test_never_reads_as_the_threshold_unless_it_is_the_threshold(
    beside: float, nudge: float
) -> None:
    value = beside * (1 + nudge)
    assume(not same(value, beside))
    number = float(spoken(value, Unit.COUNT, beside))
    assert (number > beside, number < beside) == (value > beside, value < beside)


def test_a_threshold_is_spoken_to_the_last_digit() -> None:
    assert exactly(Quantity(14.4444, Unit.TIMES), Unit.TIMES) == "14.4444x"
    assert exactly(Quantity(0.00031, Unit.RATIO), Unit.RATIO) == "0.031 %"
    assert exactly(Quantity(-1, Unit.PERCENT), Unit.RATIO) == "−1 %"
    assert exactly(Quantity(64, Unit.BYTE), Unit.BYTE) == "64 B"
    assert exactly(Quantity(200), Unit.MILLISECOND) == "200 ms"


@given(NUMBERS)
def test_plain_digits_read_back(value: float) -> None:
    assert float(plain(value)) == value


def test_arithmetic_noise_is_not_a_difference_and_one_row_of_many_is() -> None:
    assert same(0.1 + 0.2, 0.3)
    assert same(0.07 * 100, 7)
    assert not same(0.3 * (1 + 1e-6), 0.3)
    assert not same(99_999_999_999, 100_000_000_000)
    assert not same(5e-324, 0)
    assert not same(math.nan, math.nan)

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.quantity import Quantity, Unit
from migrations_app.domain.verdict.band import Band
from migrations_app.domain.verdict.condition import (
    Comparator,
    Condition,
    Objective,
    Versus,
    parse_condition,
)

PERCENT, SECOND, MS = Unit.PERCENT, Unit.SECOND, Unit.MILLISECOND
ABOVE, BELOW, AT_MOST = Comparator.ABOVE, Comparator.BELOW, Comparator.AT_MOST

WRITTEN = [
    ("> 0.3 %", Condition(ABOVE, Quantity(0.3, PERCENT)), "> 0.3 %"),
    (">0.3%", Condition(ABOVE, Quantity(0.3, PERCENT)), "> 0.3 %"),
    (">= 5 s", Condition(Comparator.AT_LEAST, Quantity(5, SECOND)), ">= 5 s"),
    ("≥ 5 s", Condition(Comparator.AT_LEAST, Quantity(5, SECOND)), ">= 5 s"),
    ("<  2 s ", Condition(BELOW, Quantity(2, SECOND)), "< 2 s"),
    ("≤ 400 ms", Condition(AT_MOST, Quantity(400, MS)), "<= 400 ms"),
    ("> 200", Condition(ABOVE, Quantity(200)), "> 200"),
    ("> 14x", Condition(ABOVE, Quantity(14, Unit.TIMES)), "> 14x"),
    ("<= slo.p99", Condition(AT_MOST, Objective("slo.p99")), "<= slo.p99"),
    (
        "> +25 % vs baseline",
        Condition(ABOVE, Quantity(25, PERCENT), versus=Versus.BASELINE),
        "> +25 % vs baseline",
    ),
    (
        "> 25 % vs. Baseline",
        Condition(ABOVE, Quantity(25, PERCENT), versus=Versus.BASELINE),
        "> +25 % vs baseline",
    ),
    (
        "< -1 % vs BLUE",
        Condition(BELOW, Quantity(-1, PERCENT), versus=Versus.BLUE),
        "< -1 % vs blue",
    ),
    (
        "worse than −1 % vs baseline",
        Condition(BELOW, Quantity(-1, PERCENT), versus=Versus.BASELINE),
        "< -1 % vs baseline",
    ),
    (
        "Worse than +25 % vs blue",
        Condition(ABOVE, Quantity(25, PERCENT), versus=Versus.BLUE),
        "> +25 % vs blue",
    ),
    ("worse than -1 %", Condition(BELOW, Quantity(-1, PERCENT)), "< -1 %"),
    (
        "within ±10 % of blue",
        Condition(Comparator.WITHIN, Quantity(10, PERCENT), versus=Versus.BLUE),
        "within ±10 % of blue",
    ),
    (
        "within +/-2% of baseline",
        Condition(Comparator.WITHIN, Quantity(2, PERCENT), versus=Versus.BASELINE),
        "within ±2 % of baseline",
    ),
    (
        "between 10 and 20 s",
        Condition(Comparator.BETWEEN, Quantity(10, SECOND), upper=Quantity(20, SECOND)),
        "between 10 s and 20 s",
    ),
    (
        "between 400 ms and 2 s",
        Condition(Comparator.BETWEEN, Quantity(0.4, SECOND), upper=Quantity(2, SECOND)),
        "between 0.4 s and 2 s",
    ),
]


@pytest.mark.parametrize(("text", "condition", "canonical"), WRITTEN)
def test_reads_and_writes(text: str, condition: Condition, canonical: str) -> None:
    assert parse_condition(text) == condition
    assert str(condition) == canonical
    assert parse_condition(canonical) == condition


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", r'"" is not a condition\. Write it like "> 0\.3 %"'),
        ("5 s", r'"5 s" is not a condition\. Write it like'),
        ("=> 5", "is not a condition"),
        ("> 5 q", 'there is no unit "q"'),
        ("> 0.3 % for 10m", 'there is no unit "% for 10m"'),
        ("> ", "is not a condition"),
        ("worse than 1 %", "is not a condition"),
        ("within 10 ms of blue", "in percent, not as 10 ms"),
        ("within ±10 of blue", "in percent, not as 10"),
        ("within ±-2 % of blue", "below zero"),
        ("> 50 ms vs baseline", "in percent, not as 50 ms"),
        ("> slo.p99 vs baseline", "is not a quantity"),
        ("> 5 % vs yesterday", "no unit"),
        ("between 20 and 10 s", "smaller one first"),
        ("between 5 ms and 10", "unit behind the second number"),
        ("between 5 % and 10 s", "can't be turned into s"),
    ],
)
def test_shows_what_was_not_understood(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        parse_condition(text)


WORDS = "> >= < <= worse than within between and ± +5 -5 5 0.3 % s ms x of vs blue baseline slo.p99"


def parsed(text: str) -> Condition | None:
    try:
        return parse_condition(text)
    except ValueError:
        return None


@given(st.lists(st.sampled_from(WORDS.split()), max_size=7).map(" ".join) | st.text(max_size=40))
def test_any_text_is_a_condition_that_can_be_written_or_a_value_error(text: str) -> None:
    condition = parsed(text)
    assert condition is None or parse_condition(str(condition)) == condition


def test_looks_up_objectives() -> None:
    known = {"slo.p99": Quantity(400, MS), "slo.p95": Quantity(200, MS)}
    assert str(parse_condition("<= slo.p99").resolve(known)) == "<= 400 ms"
    with pytest.raises(ValueError, match=r'no "slo.p98": did you mean "slo\.p9[59]"\?'):
        parse_condition("<= slo.p98").resolve(known)
    with pytest.raises(ValueError, match="write the number instead"):
        parse_condition("<= slo.p98").resolve({})
    plain = parse_condition("> 5 s")
    assert plain.resolve({}) is plain


def test_a_name_has_no_band_until_it_is_looked_up() -> None:
    with pytest.raises(ValueError, match="looked up in the objectives first"):
        parse_condition("<= slo.p99").band(MS)


@pytest.mark.parametrize(
    ("text", "unit", "reference", "band"),
    [
        ("> 0.3 %", Unit.RATIO, None, Band(low=0.003, strict=True)),
        (">= 0.5 s", MS, None, Band(low=500)),
        ("< 2", SECOND, None, Band(high=2, strict=True)),
        ("<= 400 ms", SECOND, None, Band(high=0.4)),
        ("between 10 and 20 s", MS, None, Band(10_000, 20_000)),
        ("> +25 % vs baseline", MS, 200, Band(low=250, strict=True)),
        ("< -1 % vs blue", PERCENT, 4, Band(high=3.96, strict=True)),
        ("> +10 % vs blue", Unit.COUNT, -50, Band(low=-45, strict=True)),
        ("within ±10 % of blue", PERCENT, 50, Band(45, 55)),
        ("within ±10 % of blue", PERCENT, -50, Band(-55, -45)),
    ],
)
def test_becomes_a_band_in_the_unit_of_the_check(
    text: str, unit: Unit, reference: float | None, band: Band
) -> None:
    assert parse_condition(text).band(unit, reference) == band


def test_a_relative_condition_needs_its_reference() -> None:
    with pytest.raises(ValueError, match="needs a baseline to compare with"):
        parse_condition("> +25 % vs baseline").band(MS)


@given(st.floats(0.001, 1e9), st.floats(1e-6, 0.5))
def test_comparators_are_strict_as_written(limit: float, away: float) -> None:
    edges = {
        text: parse_condition(f"{text} {limit!r} s").band(SECOND)
        for text in Comparator
        if len(text) < 3
    }
    more, less = limit * (1 + away), limit * (1 - away)
    inside = {
        text: [value in band for value in (less, limit, more)] for text, band in edges.items()
    }
    assert inside == {
        ">": [False, False, True],
        ">=": [False, True, True],
        "<": [True, False, False],
        "<=": [True, True, False],
    }


def test_the_depth_of_a_band_is_signed() -> None:
    band = Band(10, 20)
    assert [band.depth(value) for value in (8, 10, 14, 15, 19, 23)] == [-2, 0, 4, 5, 1, -3]
    assert Band(low=5).depth(8) == 3
    assert (band.nearest(12), band.nearest(19), Band(high=7).nearest(-1e9)) == (10, 20, 7)
    assert Band(math.inf, math.inf).edges == ()

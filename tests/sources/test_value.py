"""What counts as one finite number, and how questions are written."""

from __future__ import annotations

import math
import threading
from contextlib import closing
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.errors import Transient
from migrations_app.domain.reading import Outcome
from migrations_app.sources.asked import Asked, parsed
from migrations_app.sources.at_once import AtOnce
from migrations_app.sources.value import Blame, NoValue, number, refusal, unfit
from tests.sources.build import LONG, SHORT

_NUMBERS = st.integers() | st.floats() | st.decimals() | st.booleans() | st.none() | st.text()
_MOST = {"one": 1, "two": 2, "none": 0}


@given(_NUMBERS)
def test_a_number_is_finite_or_says_why(value: object) -> None:
    found = number(value)
    assert isinstance(found, NoValue) or math.isfinite(found)
    if isinstance(found, NoValue):
        assert found.outcome is not Outcome.OK
        assert found.detail.isprintable()


@pytest.mark.parametrize(
    ("value", "found"),
    [(True, 1.0), (False, 0.0), ("-1.5e3", -1500.0), (".5", 0.5), (Decimal("0.10"), 0.1)],
)
def test_what_is_a_number(value: object, found: float) -> None:
    assert number(value) == found


@pytest.mark.parametrize(
    "value", ["", " 1", "1_000", "0x1", "NaN", "inf", "1,5", "١", [], {}, b"1"]
)
def test_what_is_no_number(value: object) -> None:
    found = number(value)
    assert isinstance(found, NoValue)
    assert found.outcome is Outcome.ERROR


@pytest.mark.parametrize("value", [10**400, float("nan"), Decimal("sNaN"), Decimal("1e400")])
def test_what_is_not_finite(value: object) -> None:
    found = number(value)
    assert isinstance(found, NoValue)
    assert found.outcome is Outcome.NOT_FINITE


def test_only_the_query_itself_is_refused() -> None:
    assert refusal(1.0) is None
    assert refusal(NoValue(Outcome.EMPTY, "nothing")) is None
    assert refusal(unfit("two columns")) == "two columns"
    for blame in (Blame.MOMENT, Blame.SETUP):
        with pytest.raises(Transient, match="down"):
            refusal(NoValue(Outcome.ERROR, "down", blame))


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("none", Asked("none")),
        ("none()", Asked("none")),
        (" one( a ) ", Asked("one", ("a",))),
        ("one(a, b)", Asked("one", ("a, b",))),
        ("two(a, b, c)", Asked("two", ("a", "b, c"))),
        ("two(f(x), )", Asked("two", ("f(x)", ""))),
    ],
)
def test_questions_are_written_as_calls(text: str, asked: Asked) -> None:
    assert parsed(text, _MOST) == asked


@pytest.mark.parametrize("text", ["", "One()", "one(", "one)", "other(a)", "one(\n)", "one(\x00)"])
def test_what_is_written_otherwise_is_refused(text: str) -> None:
    found = parsed(text, _MOST)
    assert isinstance(found, NoValue)
    assert found.blame is Blame.QUERY


def test_what_is_late_does_not_hold_up_the_rest() -> None:
    release = threading.Event()
    with closing(AtOnce(2, "late")) as at_once:
        found = at_once.run([lambda _: release.wait(LONG), lambda _: True], SHORT, "too late")
        release.set()
    assert found == [NoValue(Outcome.TIMEOUT, "too late"), True]


def test_who_is_closed_does_nothing() -> None:
    at_once = AtOnce(1, "closed")
    at_once.close()
    [found] = at_once.run([lambda seconds: seconds], LONG, "late")
    assert isinstance(found, NoValue)
    assert "closed" in found.detail

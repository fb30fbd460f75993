"""Shares as numbers, and one number for several nodes."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrations_app.drivers.share import cents, combined, malformed, plain

weights = st.decimals(0, 100, places=2)
untimed = settings(deadline=None)


@untimed
@given(st.lists(weights, min_size=1, max_size=6))
def test_nodes_that_agree_say_what_they_say(some: list[Decimal]) -> None:
    assert combined(some[:1] * 3) == some[0]


@untimed
@given(st.lists(weights, min_size=2, max_size=6, unique=True))
def test_nodes_that_disagree_confirm_nothing(some: list[Decimal]) -> None:
    """Neither a weight that a node has, nor one with a decimal place as plans write them."""
    shown = combined(some)
    assert shown not in some
    assert shown != shown.quantize(Decimal("0.1"))
    assert shown == shown.quantize(Decimal("0.01"))
    assert 0 < shown < 100


@untimed
@given(st.lists(st.integers(0, 100).map(Decimal), min_size=2, max_size=6, unique=True))
def test_the_number_shown_is_about_the_mean(some: list[Decimal]) -> None:
    assert abs(combined(some) - sum(some, Decimal(0)) / len(some)) <= Decimal("0.1")


@pytest.mark.parametrize(
    ("part", "said"), [("1/3", "33.33"), ("2/3", "66.67"), ("1/8", "12.50"), ("1", "100.00")]
)
def test_a_share_has_two_decimals(part: str, said: str) -> None:
    assert str(cents(Fraction(part))) == said


@pytest.mark.parametrize(("weight", "said"), [("25.00", "25"), ("100", "100"), ("12.50", "12.5")])
def test_a_weight_is_written_as_people_write_it(weight: str, said: str) -> None:
    assert plain(Decimal(weight)) == said


@untimed
@given(weights)
def test_every_weight_is_well_formed(weight: Decimal) -> None:
    assert malformed(weight) is None


def test_too_many_decimals_are_told_the_nearest_weight() -> None:
    why = malformed(Decimal("12.345"))
    assert why is not None
    assert "12.34" in why

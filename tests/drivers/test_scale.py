"""A share as two whole numbers and back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from migrations_app.drivers.scale import Scale, share_of

WEIGHTS = st.decimals(0, 100, places=2)
SCALES = st.sampled_from(
    [Scale("A plane"), Scale("A plane", (100, 200)), Scale("A plane", (100, 1000, 10_000))]
)


@given(SCALES, WEIGHTS)
def test_what_can_be_written_reads_back_as_itself(scale: Scale, weight: Decimal) -> None:
    assume(scale.cannot(weight) is None)
    parts = scale.parts(weight)
    assert sum(parts) in scale.totals
    assert min(parts) >= 0
    assert share_of(*parts) == weight


@given(SCALES, WEIGHTS)
def test_what_cannot_names_two_neighbours_that_can(scale: Scale, weight: Decimal) -> None:
    why = scale.cannot(weight)
    assume(why)
    assert why is not None
    words = [word for word in why.split() if word[0].isdigit()]
    below, above = (Decimal(word) for word in words[-2:])
    assert below < weight < above
    assert above - below == scale.finest
    assert scale.cannot(below) is None
    assert scale.cannot(above) is None


def test_the_familiar_sum_comes_first() -> None:
    assert Scale("A plane", (100, 1000)).parts(Decimal(25)) == (75, 25)
    assert Scale("A plane", (100, 1000)).parts(Decimal("0.5")) == (995, 5)


@pytest.mark.parametrize("weight", ["-1", "101", "1.234", "NaN"])
def test_no_weight_is_refused(weight: str) -> None:
    assert Scale("A plane").cannot(Decimal(weight))


def test_nothing_at_all_is_no_share() -> None:
    assert share_of(0, 0) is None


@given(st.floats(0, 1, allow_nan=False), st.floats(0, 1, allow_nan=False))
def test_fractions_are_shares_too(blue: float, green: float) -> None:
    assume(blue + green > 0)
    share = share_of(blue, green)
    assert share is not None
    assert 0 <= share <= 100

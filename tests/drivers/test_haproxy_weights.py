"""Percent to server weights and back."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from migrations_app.drivers.haproxy.weights import HIGHEST, Sides, Split, cannot, nearest
from migrations_app.drivers.share import cents

weights = st.decimals(0, 100, places=2)
sides = st.builds(Sides, st.integers(1, 12), st.integers(1, 12))
LONE = Sides(1, 1)
untimed = settings(deadline=None)


@untimed
@given(weights, sides)
def test_weights_are_in_range_and_never_all_nothing(weight: Decimal, among: Sides) -> None:
    split = nearest(weight, among)
    assert 0 <= split.blue <= HIGHEST
    assert 0 <= split.green <= HIGHEST
    assert split.blue or split.green


@untimed
@given(weights, sides)
def test_what_it_can_reads_back_within_half_a_hundredth(weight: Decimal, among: Sides) -> None:
    if cannot(weight, among) is None:
        share = among.share(nearest(weight, among)) * 100
        assert abs(Decimal(share.numerator) / share.denominator - weight) <= Decimal("0.005")


@untimed
@given(weights, sides, st.integers(0, HIGHEST), st.integers(0, HIGHEST))
def test_no_split_is_nearer(weight: Decimal, among: Sides, blue: int, green: int) -> None:
    if blue or green:
        best, other = among.share(nearest(weight, among)), among.share(Split(blue, green))
        assert _off(best, weight) <= _off(other, weight)


@untimed
@given(weights, sides)
def test_what_it_cannot_names_weights_that_it_can(weight: Decimal, among: Sides) -> None:
    if why := cannot(weight, among):
        below, above = map(Decimal, re.findall(r"are ([\d.]+) % and ([\d.]+) %", why)[0])
        assert below < weight < above
        assert cannot(below, among) is None
        assert cannot(above, among) is None


@untimed
@given(st.integers(0, 200), st.integers(1, 64), st.integers(1, 64))
def test_all_and_nothing_are_exact_for_any_number_of_servers(
    half: int, blues: int, greens: int
) -> None:
    assert cannot(Decimal(0), Sides(blues, greens)) is None
    assert cannot(Decimal(100), Sides(blues, greens)) is None
    assert cannot(Decimal(half) / 2, LONE) is None, "the finest step that is declared"


@pytest.mark.parametrize(
    ("weight", "blue", "green"),
    [
        ("0", 100, 0),
        ("1", 99, 1),
        ("25", 75, 25),
        ("100", 0, 100),
        ("12.5", 175, 25),
        ("0.5", 199, 1),
        ("0.4", 249, 1),
        ("33.33", 66, 33),
    ],
)
def test_weights_add_up_to_a_familiar_number(weight: str, blue: int, green: int) -> None:
    assert nearest(Decimal(weight), LONE) == Split(blue, green)


def test_more_servers_on_one_side_weigh_less_each() -> None:
    split = nearest(Decimal(50), Sides(2, 1))
    assert split.green == 2 * split.blue


def test_the_sentence_names_both_neighbours() -> None:
    why = cannot(Decimal("0.1"), LONE)
    assert why is not None
    assert why.endswith("The nearest it can are 0 % and 0.39 %.")


def test_a_share_is_a_share_of_the_sides() -> None:
    assert cents(Sides(3, 1).share(Split(50, 50))) == Decimal("25.00")


def _off(share: Fraction, weight: Decimal) -> Fraction:
    return abs(share * 100 - Fraction(weight))

"""GREEN's share as a number: how parts become a percentage, and what to say when parts disagree."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from fractions import Fraction

CENT = Decimal("0.01")
TENTH = Decimal("0.1")


def cents(part: Fraction) -> Decimal:
    """A share from 0 to 1 as percent with two decimals (half even): 1/3 is 33.33."""
    percent = part * 100
    return (Decimal(percent.numerator) / Decimal(percent.denominator)).quantize(CENT)


def plain(weight: Decimal) -> str:
    """A weight as people write it: `25`, `12.5`, never `25.00` or `1E+2`."""
    return f"{weight.normalize():f}"


def malformed(weight: Decimal) -> str | None:
    """Why this is no weight on any plane (a sentence), None if it is one."""
    if not weight.is_finite() or not 0 <= weight <= 100:
        return f"A weight is GREEN's share from 0 to 100 %; {weight} is not."
    if weight != weight.quantize(CENT):
        return f"A weight has at most two decimals; {weight} has more. Ask for {cents_of(weight)}."
    return None


def cents_of(weight: Decimal) -> str:
    """The nearest weight with two decimals, for a sentence."""
    return plain(weight.quantize(CENT))


def combined(weights: Collection[Decimal]) -> Decimal:
    """One weight for several nodes: theirs where they agree, else one that confirms no flip.

    While nodes disagree no flip may count as confirmed, whichever weight was asked for. Their
    mean says best where the traffic is, but could happen to be the weight asked for. So it is
    rounded down to a tenth, plus 0.01: between 0 and 100 and equal to no weight a plan would name.
    """
    if len(set(weights)) == 1:
        return next(iter(weights))
    mean = sum(weights, Decimal(0)) / len(weights)
    marked = mean // TENTH * TENTH + CENT
    while marked in weights:
        marked += CENT
    return marked

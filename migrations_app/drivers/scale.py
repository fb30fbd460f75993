"""A share in percent as two whole numbers, for planes that weigh their sides so, and back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction
from typing import NamedTuple

from migrations_app.drivers.share import cents, malformed, plain


class Parts(NamedTuple):
    """What is written for each side."""

    blue: int
    green: int


@dataclass(frozen=True, slots=True)
class Scale:
    """`totals` are the sums that both parts may have, the one people recognise first: the first
    that gives whole numbers is taken. `noun` begins sentences ("An ALB")."""

    noun: str
    totals: tuple[int, ...] = (100,)

    @property
    def finest(self) -> Decimal:
        """The smallest difference in percent that can be written."""
        return Decimal(100) / max(self.totals)

    def cannot(self, weight: Decimal) -> str | None:
        """Why `weight` percent can't be written (a sentence naming the nearest), or None."""
        if wrong := malformed(weight):
            return wrong
        if any(_whole(weight, total) for total in self.totals):
            return None
        below = (weight / self.finest).to_integral_value(ROUND_FLOOR) * self.finest
        above = (weight / self.finest).to_integral_value(ROUND_CEILING) * self.finest
        return (
            f"{self.noun} takes weights in steps of {plain(self.finest)} %: it can't send "
            f"{plain(weight)} % to GREEN. The nearest it can are {plain(below)} % and "
            f"{plain(above)} %."
        )

    def parts(self, weight: Decimal) -> Parts:
        """Both sides' numbers for a weight that `cannot` has nothing against."""
        total = next(total for total in self.totals if _whole(weight, total))
        green = int(weight * total / 100)
        return Parts(total - green, green)


def share_of(blue: float, green: float) -> Decimal | None:
    """GREEN's share in percent of what was read, two decimals; None where both are 0."""
    whole = Fraction(str(blue)) + Fraction(str(green))
    return cents(Fraction(str(green)) / whole) if whole else None


def _whole(weight: Decimal, total: int) -> bool:
    return weight * total % 100 == 0

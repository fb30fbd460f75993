"""HAProxy's arithmetic: a share in percent as whole server weights from 0 to 256, and back.

Every BLUE server gets one weight and every GREEN server another, scaled by how many there are.
A share counts as representable when the weights read back as exactly the two decimals asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from migrations_app.drivers.share import cents, malformed, plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

HIGHEST = 256
# People reading `show servers state` recognise these sums; any other is a last resort.
FAMILIAR = (100, 200)


@dataclass(frozen=True, slots=True)
class Sides:
    """How many servers stand on each side of a route."""

    blues: int
    greens: int

    def share(self, split: Split) -> Fraction:
        """GREEN's share, 0 to 1, when every server has its side's weight."""
        green = split.green * self.greens
        return Fraction(green, split.blue * self.blues + green)


@dataclass(frozen=True, slots=True)
class Split:
    """The weight of every BLUE server and of every GREEN server, never both 0."""

    blue: int
    green: int


def cannot(weight: Decimal, sides: Sides) -> str | None:
    """Why no pair of server weights gives `weight` (a sentence naming those nearest), or None."""
    wrong = malformed(weight)
    if wrong or cents(sides.share(nearest(weight, sides))) == weight:
        return wrong
    below, above = _neighbours(weight, sides)
    return (
        f"HAProxy weighs servers in whole numbers from 0 to {HIGHEST}: with {sides.blues} BLUE and "
        f"{sides.greens} GREEN it can't send {plain(weight)} % to GREEN. The nearest it can are "
        f"{plain(below)} % and {plain(above)} %."
    )


@lru_cache(maxsize=1024)
def nearest(weight: Decimal, sides: Sides) -> Split:
    """The split closest to `weight` percent; among equals the one whose weights add up to 100."""
    goal = Fraction(weight) / 100
    if exact := _exact(goal, sides):
        return min(exact, key=_oddity)
    return min(_around(goal, sides), key=lambda one: (abs(sides.share(one) - goal), _oddity(one)))


def _oddity(split: Split) -> tuple[bool, int]:
    total = split.blue + split.green
    return total not in FAMILIAR, abs(total - 100)


def _neighbours(weight: Decimal, sides: Sides) -> tuple[Decimal, Decimal]:
    goal = Fraction(weight) / 100
    shares = [sides.share(split) for split in _around(goal, sides)]
    return (
        cents(max(share for share in shares if share <= goal)),
        cents(min(share for share in shares if share >= goal)),
    )


def _exact(goal: Fraction, sides: Sides) -> list[Split]:
    """Every split that is `goal` and nothing else: multiples of the smallest one."""
    green, blue = goal * sides.blues, (1 - goal) * sides.greens
    unit = Fraction(green, blue).as_integer_ratio() if blue else (1, 0)
    return [Split(unit[1] * n, unit[0] * n) for n in range(1, HIGHEST // max(unit) + 1)]


def _around(goal: Fraction, sides: Sides) -> Iterator[Split]:
    """All on GREEN, and for every BLUE weight the GREEN weights on both sides of a goal below 1."""
    yield Split(0, HIGHEST)
    slope = goal * sides.blues / ((1 - goal) * sides.greens)
    for blue in range(1, HIGHEST + 1):
        green = min(HIGHEST, int(slope * blue))
        yield Split(blue, green)
        yield Split(blue, min(green + 1, HIGHEST))

"""A share in percent as whole weights of single servers, for planes that put no limit to them."""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING

from migrations_app.drivers.scale import Parts

if TYPE_CHECKING:
    from decimal import Decimal


def each(weight: Decimal, blues: int, greens: int) -> Parts:
    """The weight of every BLUE and of every GREEN server, the smallest that give `weight` percent
    to the `greens` together. Any weight of two decimals can be had so."""
    hundredths = int(weight * 100)
    blue, green = (10_000 - hundredths) * greens, hundredths * blues
    common = gcd(blue, green)
    return Parts(blue // common, green // common)

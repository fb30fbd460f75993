"""Quantities: a number and the unit it was written in, kept together."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final


class Unit(StrEnum):
    """The units a check may measure in."""

    RATIO = "ratio"
    PERCENT = "%"
    SECOND = "s"
    MILLISECOND = "ms"
    BYTE = "B"
    PER_SECOND = "1/s"
    COUNT = "count"
    TIMES = "x"


# What it takes to get to the base unit of the same dimension.
_BASE: Final[dict[Unit, tuple[Unit, Decimal]]] = {
    Unit.PERCENT: (Unit.RATIO, Decimal("0.01")),
    Unit.MILLISECOND: (Unit.SECOND, Decimal("0.001")),
}

# What people write besides the units themselves.
_WRITTEN: Final[dict[str, tuple[Unit, Decimal]]] = {
    **{unit.value: (unit, Decimal(1)) for unit in Unit},
    "percent": (Unit.PERCENT, Decimal(1)),
    "µs": (Unit.MILLISECOND, Decimal("0.001")),
    "us": (Unit.MILLISECOND, Decimal("0.001")),
    "sec": (Unit.SECOND, Decimal(1)),
    "m": (Unit.SECOND, Decimal(60)),
    "min": (Unit.SECOND, Decimal(60)),
    "h": (Unit.SECOND, Decimal(3600)),
    "d": (Unit.SECOND, Decimal(86400)),
    "/s": (Unit.PER_SECOND, Decimal(1)),
    "×": (Unit.TIMES, Decimal(1)),
    **{
        f"{prefix}{tail}": (Unit.BYTE, Decimal(step) ** power)
        for power, letters in enumerate(("kK", "M", "G", "T"), start=1)
        for prefix in letters
        for tail, step in (("B", 1000), ("iB", 1024))
    },
}

# How a unit is spoken: by what to multiply, and what to write behind the number.
_SPOKEN: Final[dict[Unit, tuple[Decimal, str]]] = {
    Unit.RATIO: (Decimal(100), " %"),
    Unit.PERCENT: (Decimal(1), " %"),
    Unit.SECOND: (Decimal(1), " s"),
    Unit.MILLISECOND: (Decimal(1), " ms"),
    Unit.PER_SECOND: (Decimal(1), "/s"),
    Unit.COUNT: (Decimal(1), ""),
    Unit.TIMES: (Decimal(1), "x"),
}
_BYTES: Final = tuple(
    (Decimal(1000) ** power, f" {name}")
    for power, name in ((4, "TB"), (3, "GB"), (2, "MB"), (1, "kB"), (0, "B"))
)

_TEXT: Final = re.compile(
    r"(?P<number>[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(?P<unit>\D.*|1/s)?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """`value` in `unit`. A unit of None is a bare number: it takes the unit it is asked for."""

    value: float
    unit: Unit | None = None

    def to(self, unit: Unit) -> Quantity:
        """The same quantity in `unit`; `ValueError` names both when they measure different things.

        Decimal arithmetic on the shortest digits, so that 0.3 % is exactly what 0.003 says.
        """
        if self.unit is None or self.unit is unit:
            return Quantity(self.value, unit)
        base, factor = _BASE.get(self.unit, (self.unit, Decimal(1)))
        goal, divisor = _BASE.get(unit, (unit, Decimal(1)))
        if base is not goal:
            raise ValueError(f'"{self}" is in {self.unit}, which can\'t be turned into {unit}.')
        return Quantity(float(Decimal(repr(self.value)) * factor / divisor), unit)

    def __str__(self) -> str:
        """As it would be written; `parse_quantity` reads it back unchanged."""
        number = plain(self.value)
        if self.unit is None:
            return number
        return f"{number}x" if self.unit is Unit.TIMES else f"{number} {self.unit}"


def parse_quantity(text: str) -> Quantity:
    """`0.3 %`, `400ms`, `10 min` (600 s), `64 KiB` (65536 B), `14x`, `120/s`, or a bare `200`.

    `ValueError` with a sentence for anything else.
    """
    match = _TEXT.fullmatch(text.strip().replace("−", "-"))
    if match is None:
        raise ValueError(f'"{text}" is not a quantity. Write it like 0.3 %, 400 ms or 5 s.')
    number, written = Decimal(match["number"]), match["unit"]
    if written is None:
        return Quantity(_finite(number, text))
    if written not in _WRITTEN:
        raise ValueError(f'"{text}": there is no unit "{written}". Known: {", ".join(Unit)}.')
    unit, factor = _WRITTEN[written]
    return Quantity(_finite(number * factor, text), unit)


def same(left: float, right: float) -> bool:
    """Equal to twelve digits: the one meaning of "exactly at the threshold".

    Every value here is the end of a chain of float arithmetic (rates, ratios, `* 100` to get
    percent), whose error is some 1e-15 of the value: 0.1 + 0.2 must not be above 0.3. Twelve digits
    forgive that, and still tell one row missing in a hundred billion.
    """
    return math.isclose(left, right, rel_tol=1e-12, abs_tol=0.0)


def spoken(value: float, unit: Unit, beside: float | None = None) -> str:
    """`268 ms`, `0.31 %`, `1.2 s`, `14x`, `99.95 %`: whole from ten up, two digits below.

    A ratio is spoken in percent, and close to all of it by what is missing: 99.95 % is not 100 %.
    With `beside` (a threshold in the same unit) as many digits are kept as it takes to see on
    which side of it the value is.
    """
    factor, name = _scale(value, unit)
    number = _scaled(value, factor)
    near = None if beside is None else _scaled(beside, factor)
    places = _places(100 - number if name == " %" and 90 < number < 100 else number)
    return f"{_digits(_rounded(number, places, near))}{name}"


def exactly(quantity: Quantity, unit: Unit) -> str:
    """A threshold as it was written, every digit of it; a bare one takes `unit`."""
    own = quantity.unit or unit
    factor, name = _SPOKEN.get(own, (Decimal(1), f" {own}"))
    return f"{_digits(_scaled(quantity.value, factor))}{name}"


def plain(value: float) -> str:
    """The shortest digits that read back as the same number, without a trailing `.0`."""
    return repr(value + 0.0).removesuffix(".0")


def _scale(value: float, unit: Unit) -> tuple[Decimal, str]:
    """By what to multiply so that it reads well, and what to write behind it."""
    size = abs(value)
    if unit is Unit.MILLISECOND and size >= 1000:
        return Decimal("0.001"), " s"
    if unit is Unit.SECOND and 0 < size < 1:
        return Decimal(1000), " ms"
    if unit is Unit.BYTE:
        return next((1 / step, name) for step, name in _BYTES if size >= step or step == 1)
    return _SPOKEN[unit]


def _scaled(value: float, factor: Decimal) -> float:
    return float(Decimal(repr(value)) * factor)


def _places(value: float) -> int:
    """Decimal places that leave two digits of anything below ten, none of the rest."""
    return max(0, 1 - math.floor(math.log10(abs(value)))) if value else 0


def _rounded(value: float, places: int, beside: float | None) -> float:
    """To so many places, or as many more as it takes to stay on its side of `beside`."""
    if beside is None:
        return round(value, places)
    if same(value, beside):
        return beside
    tries = (round(value, more) for more in range(places, places + 20))
    sided = (near for near in tries if near != beside and (near > beside) == (value > beside))
    return next(sided, value)


def _digits(value: float) -> str:
    ordinary = value == 0 or 1e-9 <= abs(value) < 1e16
    text = format(Decimal(plain(value)), "f") if ordinary else plain(value)
    return text.replace("-", "−")


def _finite(number: Decimal, text: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f'"{text}" is too large to be a quantity.')
    return value

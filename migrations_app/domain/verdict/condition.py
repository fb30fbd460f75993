"""Conditions as runbooks write them: `> 0.3 %`, `< -1 % vs blue`, `within ±10 % of baseline`.

Comparators are strict exactly as written; `within` and `between` include their edges.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from migrations_app.domain.quantity import Quantity, Unit, parse_quantity
from migrations_app.domain.verdict.band import Band

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_VERSUS: Final = r"(?P<versus>baseline|blue)"
_SPELLINGS: Final = (("−", "-"), ("+/-", "±"), ("≥", ">="), ("≤", "<="))
_NAME: Final = re.compile(r"[a-z_][\w-]*(\.[\w-]+)*", re.IGNORECASE)
_EXAMPLES: Final = '"> 0.3 %", "<= 400 ms", "> +25 % vs baseline" or "within ±10 % of blue"'


class Comparator(StrEnum):
    """Where a value must lie for the condition to be true."""

    ABOVE = ">"
    AT_LEAST = ">="
    BELOW = "<"
    AT_MOST = "<="
    WITHIN = "within"
    BETWEEN = "between"


class Versus(StrEnum):
    """What a relative condition compares with."""

    BASELINE = "baseline"
    BLUE = "blue"


@dataclass(frozen=True, slots=True)
class Objective:
    """A threshold by name (`slo.p99`), until `Condition.resolve` finds the quantity behind it."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison. With `versus` the threshold is a share of that reference, else a value.

    `upper` belongs to `between` alone.
    """

    comparator: Comparator
    threshold: Quantity | Objective
    upper: Quantity | None = None
    versus: Versus | None = None

    def resolve(self, objectives: Mapping[str, Quantity]) -> Condition:
        """With a named threshold looked up; `ValueError` names the nearest known objective."""
        if isinstance(self.threshold, Quantity):
            return self
        name = self.threshold.name
        if name not in objectives:
            near = get_close_matches(name, objectives, n=1)
            hint = f'did you mean "{near[0]}"?' if near else "write the number instead."
            raise ValueError(f'the objectives have no "{name}": {hint}')
        return replace(self, threshold=objectives[name])

    @property
    def limit(self) -> Quantity:
        """The threshold as written; `ValueError` while it is still a name."""
        if isinstance(self.threshold, Quantity):
            return self.threshold
        raise ValueError(f'"{self.threshold}" must be looked up in the objectives first.')

    def band(self, unit: Unit, reference: float | None = None) -> Band:
        """Where a value in `unit` makes the condition true.

        A relative condition needs the `reference`, in the same unit as the value. `ValueError` when
        it is missing, or when the threshold measures something else than `unit`.
        """
        edge = self._edge(unit, reference)
        match self.comparator:
            case Comparator.ABOVE | Comparator.AT_LEAST:
                return Band(low=edge, strict=self.comparator is Comparator.ABOVE)
            case Comparator.BELOW | Comparator.AT_MOST:
                return Band(high=edge, strict=self.comparator is Comparator.BELOW)
            case Comparator.WITHIN:
                return Band(low=self._edge(unit, reference, -1), high=edge)
            case Comparator.BETWEEN:
                return Band(low=edge, high=(self.upper or self.limit).to(unit).value)

    def _edge(self, unit: Unit, reference: float | None, sign: int = 1) -> float:
        if self.versus is None:
            return self.limit.to(unit).value
        if reference is None:
            raise ValueError(f'"{self}" needs a {self.versus} to compare with.')
        return reference + sign * abs(reference) * self.limit.to(Unit.RATIO).value

    def __str__(self) -> str:
        """As it would be written; `parse_condition` reads it back unchanged."""
        match self.comparator:
            case Comparator.WITHIN:
                return f"within ±{self.threshold} of {self.versus}"
            case Comparator.BETWEEN:
                return f"between {self.threshold} and {self.upper}"
            case _ if self.versus is None:
                return f"{self.comparator} {self.threshold}"
            case _:
                sign = "+" if self.limit.value >= 0 else ""
                return f"{self.comparator} {sign}{self.threshold} vs {self.versus}"


def parse_condition(text: str) -> Condition:
    """`> 0.3 %`, `>= 5 s`, `<= slo.p99`, `> 14x`, `between 10 and 20 s`, `> +25 % vs baseline`,
    `worse than -1 % vs blue` (the sign says which way is worse), `within ±2 % of baseline`.

    `ValueError` with a sentence that shows what was not understood, and an example.
    """
    written = _normal(text)
    for pattern, build in _FORMS:
        match = pattern.fullmatch(written)
        if match is not None:
            return _built(build, match, text)
    raise ValueError(f'"{text}" is not a condition. Write it like {_EXAMPLES}.')


def _normal(text: str) -> str:
    for other, ours in _SPELLINGS:
        text = text.replace(other, ours)
    return " ".join(text.split())


def _built(
    build: Callable[[re.Match[str]], Condition], match: re.Match[str], text: str
) -> Condition:
    try:
        return build(match)
    except ValueError as wrong:
        raise ValueError(f'"{text}" is not a condition: {wrong}') from wrong


def _comparison(match: re.Match[str]) -> Condition:
    comparator, versus = Comparator(match["comparator"]), _versus(match)
    if versus is not None:
        return Condition(comparator, _share(match["threshold"]), versus=versus)
    return Condition(comparator, _threshold(match["threshold"]))


def _worse(match: re.Match[str]) -> Condition:
    comparator = Comparator.BELOW if match["threshold"].startswith("-") else Comparator.ABOVE
    versus = _versus(match)
    quantity = _share(match["threshold"]) if versus else parse_quantity(match["threshold"])
    return Condition(comparator, quantity, versus=versus)


def _within(match: re.Match[str]) -> Condition:
    share = _share(match["threshold"])
    if share.value < 0:
        raise ValueError(f"{share} is below zero; write how far it may be on either side.")
    return Condition(Comparator.WITHIN, share, versus=_versus(match))


def _between(match: re.Match[str]) -> Condition:
    low, high = parse_quantity(match["low"]), parse_quantity(match["high"])
    low = low if high.unit is None else low.to(high.unit)
    if low.unit is not high.unit:
        raise ValueError("write the unit behind the second number.")
    if low.value > high.value:
        raise ValueError(f"{low} is more than {high}; write the smaller one first.")
    return Condition(Comparator.BETWEEN, low, upper=high)


def _versus(match: re.Match[str]) -> Versus | None:
    return Versus(match["versus"].lower()) if match["versus"] else None


def _threshold(text: str) -> Quantity | Objective:
    return Objective(text) if _NAME.fullmatch(text) else parse_quantity(text)


def _share(text: str) -> Quantity:
    quantity = parse_quantity(text)
    if quantity.unit not in {Unit.PERCENT, Unit.RATIO}:
        raise ValueError(f"a difference to a reference is written in percent, not as {quantity}.")
    return quantity


_FORMS: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), build)
    for pattern, build in (
        (rf"(?P<comparator>[<>]=?) ?(?P<threshold>\S.*?)(?: vs\.? {_VERSUS})?", _comparison),
        (rf"worse than (?P<threshold>[+-].*?)(?: vs\.? {_VERSUS})?", _worse),
        (rf"within ±? ?(?P<threshold>.+?) of {_VERSUS}", _within),
        (r"between (?P<low>.+?) and (?P<high>.+)", _between),
    )
)

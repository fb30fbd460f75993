"""Floating-point arithmetic as PromQL has it: division by zero is an answer, not an error."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

NAN: Final = math.nan
INF: Final = math.inf


def divide(left: float, right: float) -> float:
    if right != 0 or math.isnan(right):
        return left / right
    if left == 0 or math.isnan(left):
        return NAN
    return math.copysign(INF, left) * math.copysign(1.0, right)


def modulo(left: float, right: float) -> float:
    """The sign of the dividend."""
    if math.isinf(left) or right == 0:
        return NAN
    return math.fmod(left, right)


def power(left: float, right: float) -> float:
    try:
        return math.pow(left, right)
    except OverflowError:
        odd = right == int(right) and int(right) % 2 == 1
        return -INF if left < 0 and odd else INF
    except ValueError:  # a root of a negative number, or zero to a negative power
        return divide(1.0, power(left, -right)) if left == 0 else NAN


ARITHMETIC: Final[dict[str, Callable[[float, float], float]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": divide,
    "%": modulo,
    "^": power,
}
COMPARISON: Final[dict[str, Callable[[float, float], bool]]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def mean(values: Sequence[float]) -> float:
    total = sum(values)
    if math.isinf(total) and not any(map(math.isinf, values)):
        return sum(value / len(values) for value in values)  # the sum overflowed, the mean does not
    return total / len(values)


def largest(values: Iterable[float]) -> float:
    """NaN only if there is nothing else."""
    return max((value for value in values if not math.isnan(value)), default=NAN)


def smallest(values: Iterable[float]) -> float:
    """NaN only if there is nothing else."""
    return min((value for value in values if not math.isnan(value)), default=NAN)


def quantile(share: float, values: Sequence[float]) -> float:
    """Between the two nearest ranks, in proportion. NaN counts as smaller than everything."""
    if not values or math.isnan(share):
        return NAN
    if not 0 <= share <= 1:
        return math.copysign(INF, share)
    ranked = sorted(values, key=lambda value: -INF if math.isnan(value) else value)
    rank = share * (len(ranked) - 1)
    below = math.floor(rank)
    above = min(below + 1, len(ranked) - 1)
    weight = rank - below
    return ranked[below] * (1 - weight) + ranked[above] * weight

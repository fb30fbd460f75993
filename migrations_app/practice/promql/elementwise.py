"""Functions of one value at a time, with numbers as further arguments."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from migrations_app.practice.promql.arithmetic import NAN, divide

if TYPE_CHECKING:
    from collections.abc import Callable


def clamp(value: float, low: float, high: float) -> float | None:
    """Nothing at all when the bounds are the wrong way round."""
    return None if high < low else clamp_min(clamp_max(value, high), low)


def clamp_max(value: float, high: float) -> float:
    return NAN if math.isnan(value) or math.isnan(high) else min(value, high)


def clamp_min(value: float, low: float) -> float:
    return NAN if math.isnan(value) or math.isnan(low) else max(value, low)


def nearest(value: float, step: float = 1.0) -> float:
    """The nearest multiple of `step`, upwards from the middle."""
    inverse = divide(1.0, step)  # as Prometheus does: 1/10 is less exact than 10
    return divide(_whole(math.floor, value * inverse + 0.5), inverse)


def root(value: float) -> float:
    return NAN if value < 0 else math.sqrt(value)


def sign(value: float) -> float:
    return value if value == 0 or math.isnan(value) else math.copysign(1.0, value)


def _whole(cut: Callable[[float], int], value: float) -> float:
    return float(cut(value)) if math.isfinite(value) else value


ELEMENTWISE: Final[dict[str, Callable[..., float | None]]] = {
    "abs": abs,
    "ceil": lambda value: _whole(math.ceil, value),
    "clamp": clamp,
    "clamp_max": clamp_max,
    "clamp_min": clamp_min,
    "floor": lambda value: _whole(math.floor, value),
    "round": nearest,
    "sgn": sign,
    "sqrt": root,
}

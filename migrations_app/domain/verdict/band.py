"""A stretch of the number line: what every condition becomes once its reference is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

from migrations_app.domain.quantity import same


@dataclass(frozen=True, slots=True)
class Band:
    """From `low` to `high`; a strict edge does not belong to it. An open side is infinite."""

    low: float = -math.inf
    high: float = math.inf
    strict: bool = False

    def __contains__(self, value: float) -> bool:
        """Whether `value` is inside; on an edge (see `quantity.same`) only if that isn't strict."""
        if same(value, self.low) or same(value, self.high):
            return not self.strict
        return self.low < value < self.high

    def depth(self, value: float) -> float:
        """How far inside `value` is; negative outside, 0 on an edge."""
        return min(value - self.low, self.high - value)

    @property
    def edges(self) -> tuple[float, ...]:
        """The finite edges, lowest first; none when the arithmetic behind them overflowed."""
        return tuple(edge for edge in (self.low, self.high) if math.isfinite(edge))

    def nearest(self, value: float) -> float:
        """The finite edge closest to `value`."""
        return min(self.edges, key=lambda edge: abs(value - edge))

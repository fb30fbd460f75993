"""Error budgets: how fast one burns, and how much of it is gone.

An SLO is a ratio of good (0.999); its budget is the ratio of bad it allows (0.001). Nothing here
guards against a hundred percent: `Burn` and `Budget` in `verdict.rule` refuse it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta


def burn_rate(error_ratio: float, slo: float) -> float:
    """How many times faster than allowed: 1 uses up the whole budget in exactly its window."""
    allowed = float(1 - Decimal(repr(slo)))  # in floats, 1 - 0.999999 is off in the eleventh digit
    return error_ratio / allowed


def burnt_share(error_ratio: float, slo: float, elapsed: timedelta, window: timedelta) -> float:
    """The share (1 is all of it) of `window`'s budget used by `error_ratio` over `elapsed`."""
    return burn_rate(error_ratio, slo) * (elapsed / window)

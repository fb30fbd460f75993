"""A verdict: what a check's rule says of its readings now, and why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class Status(StrEnum):
    """Four different things, and only one of them is good."""

    PASS = "PASS"  # noqa: S105 (a verdict, not a password)
    FAIL = "FAIL"
    PENDING = "PENDING"
    NO_DATA = "NO_DATA"


class Reason(StrEnum):
    """Why, for machines. Stable: stored, and matched by whoever acts on a verdict."""

    OK = "ok"  # PASS of a fail_when rule
    BAKED = "baked"  # PASS of a pass_when rule
    BREACH = "breach"  # FAIL
    BREACHING = "breaching"  # PENDING, on the way to FAIL
    BAKING = "baking"  # PENDING, on the way to PASS

    EMPTY = "empty"  # NO_DATA, from here on
    MANY_SERIES = "many_series"
    NOT_FINITE = "not_finite"
    WARNINGS = "warnings"
    ERROR = "error"
    TIMEOUT = "timeout"
    UNDATED = "undated"  # an answer that does not say how old it is
    STALE = "stale"
    BEFORE_FLIP = "before_flip"
    SAMPLES_UNKNOWN = "samples_unknown"
    TOO_FEW_SAMPLES = "too_few_samples"
    NO_REFERENCE = "no_reference"  # baseline or BLUE missing, zero or not finite
    NO_ELAPSED = "no_elapsed"  # a budget without the time it is about


@dataclass(frozen=True, slots=True)
class Verdict:
    """`sentence` is for people, `reason` for machines.

    `value` is in the rule's unit: the reading, the burn rate over the long window, or the burnt
    share of the budget. `since` is when what the sentence says began. `progress` (0–1) is how much
    of the hold, of the consecutive evaluations or of the share is reached; None when none of it
    matters.
    """

    status: Status
    sentence: str
    value: float | None
    since: datetime | None
    progress: float | None
    reason: Reason

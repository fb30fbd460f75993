"""What a check asks of its readings: a condition, and what time has to do with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from migrations_app.domain.quantity import Unit
from migrations_app.domain.verdict.condition import Versus

if TYPE_CHECKING:
    from migrations_app.domain.verdict.condition import Condition

_NONE = timedelta(0)


class Polarity(StrEnum):
    """Whether the condition, when true, is bad news or good news."""

    FAIL_WHEN = "fail_when"
    PASS_WHEN = "pass_when"  # noqa: S105 (a word of the plan, not a password)


class OnNoData(StrEnum):
    """What whoever acts on a NO_DATA does; the verdict itself stays NO_DATA either way."""

    HOLD = "hold"
    ROLLBACK = "rollback"


class BaselineKind(StrEnum):
    """Where a relative rule finds what it compares with."""

    CAPTURED = "captured"  # read once, when the run starts
    OFFSET = "offset"  # the same question, that long ago
    BLUE = "blue"  # the old side, now


@dataclass(frozen=True, slots=True)
class Baseline:
    """`offset` is how long ago, for that kind alone."""

    kind: BaselineKind
    offset: timedelta | None = None

    def __post_init__(self) -> None:
        if (self.kind is BaselineKind.OFFSET) != (self.offset is not None):
            raise ValueError("Only a baseline of the kind offset says how long ago, and it must.")
        if self.offset is not None and self.offset <= _NONE:
            raise ValueError("A baseline's offset must lie in the past, such as 1d.")


@dataclass(frozen=True, slots=True)
class Burn:
    """How fast the error budget of `slo` (a ratio, 0.999) burns, over two windows at once.

    The query answers an error ratio. The condition's threshold is the factor, in `x`.
    """

    slo: float
    long: timedelta
    short: timedelta

    def __post_init__(self) -> None:
        _require_slo(self.slo)
        if not _NONE < self.short < self.long:
            raise ValueError("A burn rate needs a short window within a longer one: 5m and 1h.")


@dataclass(frozen=True, slots=True)
class Budget:
    """The error budget that `slo` (a ratio) leaves for `window`.

    The query answers the error ratio over `$elapsed`. The condition's threshold is a share.
    """

    slo: float
    window: timedelta

    def __post_init__(self) -> None:
        _require_slo(self.slo)
        if self.window <= _NONE:
            raise ValueError("An error budget needs a window, such as 30d.")


@dataclass(frozen=True, slots=True)
class Rule:
    """All of a check but its source. Every value of a check is in `unit`.

    `window` is how far back the query looks, `interval` how often it is asked. `hold` is how long
    the condition must stay true, `consecutive` how many evaluations in a row: one or the other.
    With `fraction` (0–1, exclusive) the condition must be true for that share of the last `hold`.
    `ValueError` with a sentence for a combination that means nothing.
    """

    name: str
    unit: Unit
    condition: Condition
    polarity: Polarity
    interval: timedelta
    window: timedelta
    hold: timedelta = _NONE
    consecutive: int = 1
    fraction: float | None = None
    min_samples: float | None = None
    on_no_data: OnNoData = OnNoData.HOLD
    observe: bool = False
    baseline: Baseline | None = None
    burn: Burn | None = None
    budget: Budget | None = None

    def __post_init__(self) -> None:
        _check_time(self)
        _check_reference(self)
        _check_unit(self)

    @property
    def fails_when(self) -> bool:
        """Whether the condition, when true, is bad news."""
        return self.polarity is Polarity.FAIL_WHEN

    @property
    def patience(self) -> timedelta:
        """Two intervals: the longest silence between two readings that is not a gap."""
        return 2 * self.interval

    @property
    def versus(self) -> BaselineKind | None:
        """What a relative rule compares with, None for an absolute one."""
        if self.condition.versus is None:
            return None
        return self.baseline.kind if self.baseline else BaselineKind.BLUE


def _check_time(rule: Rule) -> None:
    if rule.interval <= _NONE or rule.window < _NONE or rule.hold < _NONE:
        raise ValueError("The interval must be longer than nothing, window and hold not negative.")
    if rule.consecutive < 1:
        raise ValueError("`consecutive` counts evaluations in a row: at least 1.")
    if rule.consecutive > 1 and rule.hold:
        raise ValueError("`hold` and `consecutive` both say for how long: choose one of them.")
    if rule.fraction is not None and not rule.hold:
        raise ValueError("`fraction` is a share of the `hold`: say over which time, such as 1h.")
    if rule.fraction is not None and not 0 < rule.fraction < 1:
        raise ValueError("`fraction` lies between 0 and 100 %; all of the time is a plain `hold`.")


def _check_reference(rule: Rule) -> None:
    kind = rule.baseline.kind if rule.baseline else None
    match rule.condition.versus:
        case None if kind is not None:
            raise ValueError(f'"{rule.condition}" compares with nothing: write "vs baseline".')
        case Versus.BASELINE if kind is None:
            raise ValueError(f'"{rule.condition}" needs a baseline: captured, blue or an offset.')
        case Versus.BLUE if kind not in {None, BaselineKind.BLUE}:
            raise ValueError(f'"{rule.condition}" compares with BLUE, its baseline is {kind}.')
        case Versus() if rule.burn or rule.budget:
            raise ValueError("A burn rate or budget is compared with a number, not a reference.")
        case _:
            return


def _check_unit(rule: Rule) -> None:
    if rule.burn and rule.budget:
        raise ValueError("A rule is about a burn rate or about a budget, not both.")
    if rule.burn and rule.unit is not Unit.TIMES:
        raise ValueError(f"A burn rate is a factor: its unit is x, not {rule.unit}.")
    if rule.budget and rule.unit not in {Unit.PERCENT, Unit.RATIO}:
        raise ValueError(f"The burnt share of a budget is in %, not in {rule.unit}.")
    if rule.condition.versus is None:
        rule.condition.band(rule.unit)


def _require_slo(slo: float) -> None:
    if not 0 < slo < 1:
        raise ValueError(f"An SLO lies between 0 and 1, such as 0.999 for 99.9 %, not {slo}.")

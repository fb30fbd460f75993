"""Which readings may be believed: answered, dated, young, after the flip, on enough samples."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.domain.duration import spoken
from migrations_app.domain.errors import WarroomError
from migrations_app.domain.quantity import Unit
from migrations_app.domain.quantity import spoken as quantity
from migrations_app.domain.reading import Outcome
from migrations_app.domain.verdict.outcome import Reason
from migrations_app.domain.verdict.rule import BaselineKind

if TYPE_CHECKING:
    from datetime import datetime

    from migrations_app.domain.reading import Reading
    from migrations_app.domain.verdict.rule import Rule

_SAYS: Final = {
    Outcome.EMPTY: "the query matched nothing",
    Outcome.MANY_SERIES: "the query matched more than one series",
    Outcome.NOT_FINITE: "the answer is not a finite number",
    Outcome.WARNINGS: "the source doubts its own answer",
    Outcome.ERROR: "the source could not answer",
    Outcome.TIMEOUT: "the source did not answer in time",
}
_LONGEST_DETAIL: Final = 160  # a source's own words, kept short enough for a line on a screen


class NoData(WarroomError):
    """There is nothing to judge; `sentence` says why to people, `reason` to machines."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Trust:
    """What a rule believes at `at`, when the last flip settled at `settled_at`.

    Every method that gives a number gives a finite one, or raises `NoData`.
    """

    rule: Rule
    at: datetime
    settled_at: datetime | None

    def value(self, reading: Reading | None, whose: str = "") -> float:
        """A reading of now: no older than its window, and from after the last flip."""
        value, sampled_at = _answer(reading, whose)
        self._young(sampled_at, self.at, whose)
        if self.settled_at is not None and sampled_at < self.settled_at:
            early = spoken(self.settled_at - sampled_at)
            sentence = f"the newest sample is from {early} before the flip settled"
            raise _nothing(Reason.BEFORE_FLIP, whose, sentence)
        return value

    def enough(self, samples: Reading | None) -> None:
        """Whether there are samples enough behind a value, for a rule that cares."""
        least = self.rule.min_samples
        if least is None:
            return
        try:
            count = self.value(samples, "the sample count")
        except NoData as unknown:
            raise NoData(Reason.SAMPLES_UNKNOWN, unknown.sentence) from unknown
        if count < least:
            seen = quantity(count, Unit.COUNT, beside=least)
            needed = quantity(least, Unit.COUNT)
            sentence = f"only {seen} of {needed} samples, too few to judge"
            raise NoData(Reason.TOO_FEW_SAMPLES, sentence)

    def reference(self, reading: Reading | None) -> float:
        """What a relative rule compares with. Zero is none: there is no share of nothing."""
        whose = "BLUE" if self.rule.versus is BaselineKind.BLUE else "the baseline"
        try:
            value = self._believed(reading, whose)
        except NoData as unknown:
            raise NoData(Reason.NO_REFERENCE, unknown.sentence) from unknown
        if value == 0:
            raise NoData(Reason.NO_REFERENCE, f"no data: {whose} is zero, nothing compares with it")
        return value

    def _believed(self, reading: Reading | None, whose: str) -> float:
        """BLUE is of now; a captured baseline never ages; one at an offset is of then."""
        if self.rule.versus is BaselineKind.BLUE:
            return self.value(reading, whose)
        value, sampled_at = _answer(reading, whose)
        if self.rule.baseline and self.rule.baseline.offset:
            self._young(sampled_at, self.at - self.rule.baseline.offset, whose)
        return value

    def _young(self, sampled_at: datetime, then: datetime, whose: str) -> None:
        window = self.rule.burn.short if self.rule.burn else self.rule.window
        longest = max(window, self.rule.patience)
        if sampled_at < then - longest:
            age = f"{spoken(then - sampled_at)} old, more than {spoken(longest)}"
            raise _nothing(Reason.STALE, whose, f"the newest sample is {age}")


def _answer(reading: Reading | None, whose: str) -> tuple[float, datetime]:
    """The number and how old it is; whatever else came back is no data."""
    if reading is None:
        raise _nothing(Reason.ERROR, whose, "it was not read")
    if reading.outcome is not Outcome.OK:
        said = f": {_line(reading.detail)}" if reading.detail else ""
        raise _nothing(Reason(reading.outcome.value), whose, _SAYS[reading.outcome] + said)
    if reading.value is None or not math.isfinite(reading.value):
        raise _nothing(Reason.NOT_FINITE, whose, _SAYS[Outcome.NOT_FINITE])
    if reading.sampled_at is None:
        raise _nothing(Reason.UNDATED, whose, "the source did not say how old its answer is")
    return reading.value, reading.sampled_at


def _line(detail: str) -> str:
    line = " ".join(detail.split())
    return line if len(line) <= _LONGEST_DETAIL else line[: _LONGEST_DETAIL - 1] + "…"


def _nothing(reason: Reason, whose: str, sentence: str) -> NoData:
    return NoData(reason, f"no data for {whose}: {sentence}" if whose else f"no data: {sentence}")

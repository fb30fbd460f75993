"""What came of judging a run again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Something on record that the judge does not say again. `check` is empty for the run's own."""

    at: datetime
    check: str
    sentence: str

    def __str__(self) -> str:
        who = f"{self.check}: " if self.check else ""
        return f"{self.at:%Y-%m-%d %H:%M:%S.%f}"[:-3] + f" UTC  {who}{self.sentence}"


@dataclass(frozen=True, slots=True)
class Change:
    """The verdict became another one."""

    at: datetime
    before: str
    after: str
    sentence: str


@dataclass(frozen=True, slots=True)
class CheckReplay:
    """One check. `unjudged`: readings under a plan that is not on record any more."""

    name: str
    readings: int
    unjudged: int
    changes: tuple[Change, ...]
    disagreements: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """The whole run. `frozen`: verdicts frozen into decisions that were compared as well."""

    checks: tuple[CheckReplay, ...]
    frozen: int
    disagreements: tuple[Disagreement, ...]

    @property
    def every(self) -> list[Disagreement]:
        """All of them, oldest first."""
        found = [one for check in self.checks for one in check.disagreements]
        return sorted([*found, *self.disagreements], key=lambda one: one.at)

    @property
    def readings(self) -> int:
        return sum(check.readings for check in self.checks)

    @property
    def unjudged(self) -> int:
        return sum(check.unjudged for check in self.checks)

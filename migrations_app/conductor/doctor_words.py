"""How the doctor speaks: a mark, what was looked at, and one sentence."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrations_app.domain.finding import Finding


class Mark(StrEnum):
    """How a thing is. Only `ILL` is wrong; `MIND` is for people to weigh."""

    WELL = "✔"
    ILL = "✘"
    MIND = "!"


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that was looked at."""

    mark: Mark
    what: str
    sentence: str

    @property
    def wrong(self) -> bool:
        return self.mark is Mark.ILL

    def __str__(self) -> str:
        return f"{self.mark} {self.what}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Part:
    """Things that belong together."""

    title: str
    said: tuple[Said, ...]


def well(what: str, sentence: str) -> Said:
    """It is as it should be."""
    return Said(Mark.WELL, what, sentence)


def ill(what: str, sentence: str) -> Said:
    """It is wrong; the sentence says what to do."""
    return Said(Mark.ILL, what, sentence)


def mind(what: str, sentence: str) -> Said:
    """It works, and somebody should know."""
    return Said(Mark.MIND, what, sentence)


def found(what: str, findings: Iterable[Finding]) -> list[Said]:
    """What a driver, source or channel says of itself; `what` says whose words they are."""
    return [
        Said(Mark.WELL if one.ok else Mark.ILL, f"{what}, {one.what}", one.sentence)
        for one in findings
    ]

"""Problems: what is wrong with a runbook, where, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

from migrations_app.domain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Keys and indexes from the top: ("phases", 2, "gate").
Loc = tuple[str | int, ...]


class Severity(StrEnum):
    """An error refuses a start; a warning is for people to weigh."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """`path` as in `phases[2].gate`, a sentence, and the line (from 1) where the text is known.

    `code` names the rule that found it, stable for machines; empty for what can't even be read.
    """

    path: str
    sentence: str
    line: int | None = None
    severity: Severity = Severity.ERROR
    code: str = ""

    def __str__(self) -> str:
        line = f"line {self.line}, " if self.line else ""
        return f"{line}{self.path or 'the runbook'}: {self.sentence}"


class RunbookError(ConfigError):
    """A runbook that can't be read. `problems` holds every one that was found, by line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = list(problems)


def dotted(loc: Loc) -> str:
    """`("phases", 2, "gate")` as `phases[2].gate`."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in loc)
    return "".join(parts).removeprefix(".")


def nearest(word: str, known: Iterable[str]) -> str:
    """` Did you mean "x"?`, or what there is instead, as the end of a sentence."""
    names = list(known)
    near = get_close_matches(word, names, n=1)
    if near:
        return f' Did you mean "{near[0]}"?'
    return f" Known: {', '.join(names)}." if names else " There are none."

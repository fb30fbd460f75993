"""The runbook of a run, line by line, in stretches that the page can point to."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from migrations_app.domain.plan.problem import RunbookError
from migrations_app.domain.plan.runbook import dump
from migrations_app.domain.plan.yaml_read import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from migrations_app.domain.plan.bind import BoundPlan
    from migrations_app.domain.plan.yaml_read import Document
    from migrations_app.models import Run


@dataclass(frozen=True, slots=True)
class Stretch:
    """Lines that belong together, the first of them number `first`.

    `about` is `phase-<name>` or a key of the top level; empty for what stands before any.
    """

    about: str
    first: int
    lines: tuple[str, ...]

    @property
    def last(self) -> int:
        return self.first + len(self.lines) - 1


@dataclass(frozen=True, slots=True)
class Text:
    """The runbook as it was loaded at `loaded_at`, or (None) as the run's plan writes itself."""

    sha256: str
    loaded_at: datetime | None
    stretches: tuple[Stretch, ...]

    @property
    def places(self) -> Mapping[str, Stretch]:
        """The stretch about each thing."""
        return {one.about: one for one in self.stretches}


def text_of(run: Run, bound: BoundPlan) -> Text:
    """The text that `run` was planned or started with. Its `runbook` was read along."""
    kept = run.runbook
    if kept is None:
        return Text("", None, stretches(dump(bound.whole(), in_full=True)))
    return Text(kept.sha256, kept.loaded_at, stretches(kept.text))


@lru_cache(maxsize=64)
def stretches(text: str) -> tuple[Stretch, ...]:
    """All lines of `text`, in order, none left out. What can't be read as YAML is one stretch."""
    lines = text.splitlines()
    try:
        starts = {_said_above(line, lines): about for line, about in _starts(read(text))}
    except RunbookError:
        starts = {}
    marks = sorted({1: "", **starts}.items())
    edges = [*marks, (len(lines) + 1, "")]
    return tuple(
        Stretch(about, first, tuple(lines[first - 1 : after - 1]))
        for (first, about), (after, _) in pairwise(edges)
        if first < after
    )


def _said_above(line: int, lines: Sequence[str]) -> int:
    """Where the comment right above a line begins; that of the whole text belongs to nothing."""
    first = line
    while first > 1 and lines[first - 2].lstrip().startswith("#"):
        first -= 1
    return line if first == 1 else first


def _starts(document: Document) -> Iterator[tuple[int, str]]:
    """Line and subject of everything worth pointing to. What shares a line belongs to the first."""
    data = document.data
    if not isinstance(data, dict):
        return
    seen: set[int] = set()
    for loc, about in _subjects(data):
        line = document.lines.get(loc)
        if line is not None and line not in seen:
            seen.add(line)
            yield line, about


def _subjects(data: Mapping[str, object]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for key, value in data.items():
        yield (key,), key
        if key == "phases" and isinstance(value, list):
            for at, one in enumerate(value):
                name = one.get("name") if isinstance(one, dict) else None
                yield (key, at), f"phase-{name}"

"""How far the comparison of one table has come: everything that must survive a crash, as JSON."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.domain.timeline import Json

Key = tuple[str, ...]
"""The values of a row's key columns, each in its one spelling."""


class Stage(StrEnum):
    """Through the table once, then again to the rows that differed, then done."""

    WALK = "walk"
    LOOK = "look"
    DONE = "done"


class How(StrEnum):
    """In what way a row differs."""

    ONLY_BLUE = "only_blue"
    ONLY_GREEN = "only_green"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Suspect:
    """A row that differed. `print`: what BLUE held when it was looked at `looks` times already."""

    key: Key
    sampled: bool = False
    looks: int = 0
    print: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A row that differs for good: BLUE had been at rest, and GREEN was still not like it."""

    key: Key
    how: How
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Totals:
    """What was counted on one side: rows, sums of columns, rows per value of columns."""

    rows: int = 0
    sums: Mapping[str, Decimal] = field(default_factory=dict)
    buckets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def plus(self, more: Totals, sign: int = 1) -> Totals:
        """Both together; with `sign` -1 how much more this one is."""
        sums = {name: self.sums.get(name, _ZERO) + sign * more.sums.get(name, _ZERO)
                for name in {**self.sums, **more.sums}}  # fmt: skip
        buckets = {
            name: _added(self.buckets.get(name, {}), more.buckets.get(name, {}), sign)
            for name in {**self.buckets, **more.buckets}
        }
        return Totals(self.rows + sign * more.rows, sums, buckets)

    def as_json(self) -> dict[str, Json]:
        sums: dict[str, Json] = {name: str(value) for name, value in self.sums.items()}
        buckets: dict[str, Json] = {name: dict(value) for name, value in self.buckets.items()}
        return {"rows": self.rows, "sums": sums, "buckets": buckets}

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Self:
        sums = {name: Decimal(value) for name, value in known["sums"].items()}
        return cls(known["rows"], sums, known["buckets"])


_ZERO = Decimal(0)


def _added(one: Mapping[str, int], other: Mapping[str, int], sign: int) -> dict[str, int]:
    return {name: one.get(name, 0) + sign * other.get(name, 0) for name in {**one, **other}}


@dataclass(frozen=True, slots=True)
class Progress:
    """One table in one pass.

    `after`: the last key of BLUE and GREEN that was walked over. `chunk`: how many rows the next
    piece has. `missing`: by how much BLUE is more than GREEN, told from the rows that differ for
    good. `moving`: rows that changed in BLUE at every look, so that nobody can say. `overflowed`:
    more rows differ than are looked at one by one. `estimate`: rows there may be.
    """

    stage: Stage = Stage.WALK
    after: Key | None = None
    chunk: int = 0
    chunks: int = 0
    estimate: int = 0
    blue: Totals = Totals()
    green: Totals = Totals()
    suspects: tuple[Suspect, ...] = ()
    missing: Totals = Totals()
    differing: int = 0
    moving: int = 0
    overflowed: bool = False
    sampled: int = 0
    sample_differing: int = 0

    def but(self, **changes: Any) -> Progress:
        """The same with some fields replaced."""
        return replace(self, **changes)

    @property
    def equal(self) -> bool:
        """Nothing differs, and every row could be told."""
        return not self.differing and not self.moving

    @property
    def share(self) -> float:
        """How much of the table has been walked over, 0 to 1, as far as can be estimated."""
        if self.stage is not Stage.WALK:
            return 1.0
        return min(0.99, self.blue.rows / self.estimate) if self.estimate else 0.0

    def as_json(self) -> dict[str, Json]:
        """What `from_json` reads back exactly."""
        plain = ("chunk", "chunks", "estimate", "differing", "moving", "overflowed", "sampled",
                 "sample_differing")  # fmt: skip
        return {
            **{name: getattr(self, name) for name in plain},
            "stage": self.stage.value,
            "after": None if self.after is None else list(self.after),
            "suspects": [[list(s.key), s.sampled, s.looks, s.print] for s in self.suspects],
            **{name: getattr(self, name).as_json() for name in ("blue", "green", "missing")},
        }

    @classmethod
    def from_json(cls, known: Mapping[str, Any]) -> Progress:
        """An empty one is a beginning."""
        if not known:
            return cls()
        totals = {name: Totals.from_json(known[name]) for name in ("blue", "green", "missing")}
        suspects = tuple(
            Suspect(tuple(key), sampled, looks, before)
            for key, sampled, looks, before in known["suspects"]
        )
        after = None if known["after"] is None else tuple(known["after"])
        given = {**known, **totals, "suspects": suspects, "after": after}
        return cls(**{**given, "stage": Stage(known["stage"])})

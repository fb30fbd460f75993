"""What is left of a file: numbers by name, each with its unit, and when they were measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.domain.plan.problem import nearest
from migrations_app.domain.quantity import Quantity, Unit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class Unreadable(ValueError):
    """Not the file that was named, or not a finished one. Repeats nothing that was in it."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A number and its unit."""

    value: float
    unit: Unit

    def in_unit(self, unit: Unit) -> float:
        """The same in `unit`; `ValueError` when that measures something else."""
        return Quantity(self.value, self.unit).to(unit).value


@dataclass(frozen=True, slots=True)
class Report:
    """`sampled_at` (aware) where the file says when; `samples`: how many are behind a number."""

    measures: Mapping[str, Measure]
    sampled_at: datetime | None = None
    samples: float | None = None


def measure_for(report: Report, name: str) -> Measure:
    """The measure called `name`. `Unreadable` names the nearest there is."""
    wanted = name.strip()
    if wanted not in report.measures:
        hint = nearest(wanted, sorted(report.measures))
        raise Unreadable(f'There is no "{wanted:.80}" in the file.{hint}')
    found = report.measures[wanted]
    if not math.isfinite(found.value):
        raise Unreadable(f'"{wanted:.80}" is no finite number in the file.')
    return found


def ratio(value: float) -> Measure:
    return Measure(value, Unit.RATIO)


def count(value: float) -> Measure:
    return Measure(float(value), Unit.COUNT)


def flag(true: object) -> Measure:
    """1 or 0."""
    return Measure(1.0 if true else 0.0, Unit.COUNT)


def millis(value: float) -> Measure:
    return Measure(value, Unit.MILLISECOND)


def seconds(value: float) -> Measure:
    return Measure(value, Unit.SECOND)


def percent(value: float) -> Measure:
    return Measure(value, Unit.PERCENT)


def per_second(value: float) -> Measure:
    return Measure(value, Unit.PER_SECOND)

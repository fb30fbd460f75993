"""How something grows: medians by size, and the exponent of the power law through them."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Work = Callable[[], float]


@dataclass
class Curve:
    """`took`: seconds by size, one per round. `unit`: what a size counts."""

    name: str
    unit: str
    took: dict[int, list[float]] = field(default_factory=dict)

    def add(self, size: int, seconds: float) -> None:
        self.took.setdefault(size, []).append(seconds)

    @property
    def medians(self) -> dict[int, float]:
        return {size: statistics.median(each) for size, each in sorted(self.took.items())}

    @property
    def exponent(self) -> float:
        """1 is linear, 0 is flat: the slope of the line through the medians, both logarithmic."""
        points = [(math.log(size), math.log(each)) for size, each in self.medians.items()]
        if len(points) < 2:
            return math.nan
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return statistics.linear_regression(xs, ys).slope

    @property
    def last_exponent(self) -> float:
        """Of the last two sizes alone, where whatever is fixed weighs least."""
        if len(self.medians) < 2:
            return math.nan
        (a, low), (b, high) = list(self.medians.items())[-2:]
        return math.log(high / low) / math.log(b / a)


def measured(works: Mapping[str, Mapping[int, Work]], unit: str, rounds: int) -> list[Curve]:
    """Every work at every size in turn, round by round, so that whatever else happens hits all
    of them alike. The first round warms up."""
    curves = {name: Curve(name, unit) for name in works}
    for number in range(rounds + 1):
        for name, by_size in works.items():
            for size, work in by_size.items():
                seconds = work()
                if number:
                    curves[name].add(size, seconds)
    return list(curves.values())


def table(title: str, curves: Iterable[Curve], base: str = "") -> str:
    """As Markdown. `base`: the curve that the others are compared with at each size."""
    found = {curve.name: curve for curve in curves}
    sizes = sorted({size for curve in found.values() for size in curve.took})
    head = [f"{size:,}" for size in sizes]
    lines = [
        f"**{title}**", "",
        f"| {next(iter(found.values())).unit} | " + " | ".join(head) + " | exponent (last step) |",
        "|---" * (len(sizes) + 2) + "|",
    ]  # fmt: skip
    for curve in found.values():
        cells = [_cell(curve, size, found.get(base)) for size in sizes]
        told = f"{curve.exponent:.2f} ({curve.last_exponent:.2f})"
        lines.append(f"| {curve.name} | " + " | ".join(cells) + f" | {told} |")
    return "\n".join([*lines, ""])


def _cell(curve: Curve, size: int, base: Curve | None) -> str:
    if size not in curve.took:
        return "–"
    seconds = curve.medians[size]
    told = f"{1000 * seconds:,.2f} ms"
    if base is None or base is curve or size not in base.took:
        return told
    return f"{told}, {seconds / base.medians[size]:.2f}×"

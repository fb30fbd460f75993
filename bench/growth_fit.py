"""How something grows: medians by size, the exponent of the power law through them, a picture."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Work = Callable[[], float]

_W, _H, _PAD = 420, 260, 48
_COLOURS: Final = ("#2e67b1", "#2b7f50", "#8a5300", "#b3261e")


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
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return statistics.linear_regression(xs, ys).slope

    @property
    def last_exponent(self) -> float:
        """Of the last two sizes alone, where whatever is fixed weighs least."""
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


def page(figures: Mapping[str, list[Curve]]) -> str:
    """All curves, both axes logarithmic, on one page that needs nothing beside itself."""
    drawn = "".join(
        f"<figure><figcaption>{escape(title)}</figcaption>{_svg(curves)}</figure>"
        for title, curves in figures.items()
    )
    style = (
        "body{font:14px/1.4 system-ui,sans-serif;margin:2rem;display:flex;flex-wrap:wrap;gap:2rem}"
        "figure{margin:0}text{font-size:11px;fill:#55626f}.grid{stroke:#dde2e6}"
        "polyline{fill:none;stroke-width:2}"
    )
    return (
        f'<!doctype html><meta charset="utf-8"><title>Growth</title><style>{style}</style>{drawn}'
    )


def _svg(curves: list[Curve]) -> str:
    points = [(s, m) for curve in curves for s, m in curve.medians.items()]
    xs, ys = [math.log10(s) for s, _ in points], [math.log10(1000 * m) for _, m in points]
    left, right = math.floor(min(xs)), math.ceil(max(xs))
    low, high = math.floor(min(ys)), max(math.ceil(max(ys)), math.floor(min(ys)) + 1)

    def x(value: float) -> float:
        return round(_PAD + (_W - 2 * _PAD) * (value - left) / max(1, right - left), 1)

    def y(value: float) -> float:
        return round(_H - _PAD - (_H - 2 * _PAD) * (value - low) / (high - low), 1)

    grid = "".join(
        f'<line class="grid" x1="{_PAD}" x2="{_W - _PAD}" y1="{y(n)}" y2="{y(n)}"/>'
        f'<text x="4" y="{y(n) + 4}">{10**n:g} ms</text>'
        for n in range(low, high + 1)
    )
    ticks = "".join(
        f'<text x="{x(n)}" y="{_H - _PAD + 16}" text-anchor="middle">{10**n:,}</text>'
        for n in range(left, right + 1)
    )
    return f'<svg viewBox="0 0 {_W} {_H}" width="{_W}">{grid}{ticks}{_lines(curves, x, y)}</svg>'


def _lines(curves: list[Curve], x: Callable[[float], float], y: Callable[[float], float]) -> str:
    drawn = []
    for at, curve in enumerate(curves):
        colour = _COLOURS[at % len(_COLOURS)]
        path = " ".join(
            f"{x(math.log10(s))},{y(math.log10(1000 * m))}" for s, m in curve.medians.items()
        )
        drawn.append(f'<polyline points="{path}" stroke="{colour}"/>')
        told = escape(f"{curve.name}: n^{curve.exponent:.2f}")
        drawn.append(f'<text x="{_PAD + 6}" y="{18 + 14 * at}" style="fill:{colour}">{told}</text>')
    return "".join(drawn)

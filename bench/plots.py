"""Pictures of what was measured: pieces of a page that need nothing beside themselves."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from bench.growth_fit import Curve

_W, _H, _PAD = 420, 260, 56
_COLOURS: Final = ("#2e67b1", "#2b7f50", "#8a5300", "#b3261e", "#6a4fa3")

STYLE: Final = (
    "body{font:14px/1.4 system-ui,sans-serif;margin:2rem;max-width:1000px;color:#1c2733}"
    ".figures{display:flex;flex-wrap:wrap;gap:2rem}figure{margin:0}pre{overflow:auto}"
    "text{font-size:11px;fill:#55626f}.grid{stroke:#dde2e6}polyline{fill:none;stroke-width:2}"
)


def curves(title: str, drawn: list[Curve]) -> str:
    """Time by size, both axes logarithmic, with each curve's exponent."""
    return _figure(title, _svg(drawn))


def bars(title: str, seconds: Mapping[str, float]) -> str:
    """One bar each, to one scale, with its milliseconds."""
    most = max(seconds.values(), default=1.0) or 1.0
    rows = "".join(
        _bar(at, name, value / most, f"{1000 * value:,.2f} ms")
        for at, (name, value) in enumerate(seconds.items())
    )
    height = 22 * len(seconds) + 8
    return _figure(title, f'<svg viewBox="0 0 {_W} {height}" width="{_W}">{rows}</svg>')


def written(file: Path | None, figures: Iterable[str]) -> None:
    """Where `bench.report` picks them up; nowhere without a file."""
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(figures), encoding="utf-8")


def _bar(at: int, name: str, share: float, told: str) -> str:
    y, long = 22 * at, round((_W - 210) * share, 1)
    return (
        f'<text x="0" y="{y + 15}">{escape(name)}</text>'
        f'<rect x="110" y="{y + 4}" width="{long}" height="14" fill="{_COLOURS[0]}"/>'
        f'<text x="{116 + long}" y="{y + 15}">{told}</text>'
    )


def _figure(title: str, inside: str) -> str:
    return f"<figure><figcaption>{escape(title)}</figcaption>{inside}</figure>"


def _svg(curves: list[Curve]) -> str:
    points = [(s, m) for curve in curves for s, m in curve.medians.items()]
    xs, ys = [math.log10(s) for s, _ in points], [math.log10(1000 * m) for _, m in points]
    left, right = math.floor(min(xs)), math.ceil(max(xs))
    top = 28 + 14 * len(curves)  # below the names
    low, high = math.floor(min(ys)), max(math.ceil(max(ys)), math.floor(min(ys)) + 1)

    def x(value: float) -> float:
        return round(_PAD + (_W - 2 * _PAD) * (value - left) / max(1, right - left), 1)

    def y(value: float) -> float:
        return round(_H - _PAD - (_H - _PAD - top) * (value - low) / (high - low), 1)

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

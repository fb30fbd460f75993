"""Small drawings in SVG, by attributes alone: no style, no script, nothing to load."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from django import template
from django.utils.html import format_html, format_html_join

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta
    from decimal import Decimal

    from django.utils.safestring import SafeString

register = template.Library()

WIDTH, HEIGHT, EDGE = 120, 28, 3


class Line(Protocol):
    """Readings, oldest first; None where there was none."""

    @property
    def green(self) -> Sequence[float | None]: ...
    @property
    def blue(self) -> Sequence[float | None]: ...
    @property
    def edges(self) -> Sequence[float]: ...


@register.simple_tag
def sparkline(line: Line, title: str) -> str | SafeString:
    """The last readings over each other, and the rule's limits as dashed lines.

    A gap stays a gap: nothing is drawn where nothing was measured.
    """
    seen = [value for value in (*line.green, *line.blue) if value is not None]
    if not seen:
        return ""
    low, high = min(*seen, *line.edges, math.inf), max(*seen, *line.edges, -math.inf)
    parts = [
        *(_limit(edge, low, high) for edge in line.edges),
        *(_drawn("blue", part) for part in _paths(line.blue, low, high)),
        *(_drawn("green", part) for part in _paths(line.green, low, high)),
    ]
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        WIDTH, HEIGHT, f"Last {len(line.green)} readings of {title}",
        format_html_join("", "{}", ((part,) for part in parts)),
    )  # fmt: skip


def _y(value: float, low: float, high: float) -> float:
    """Higher values nearer to 0. Where nothing differs, or all too much, in the middle."""
    span = high - low
    share = (value - low) / span if 0 < span < math.inf else 0.5
    return round(HEIGHT - EDGE - share * (HEIGHT - 2 * EDGE), 1)


def _paths(values: Sequence[float | None], low: float, high: float) -> Iterator[str]:
    """One list of points per stretch without a gap. The newest reading is at the right edge."""
    step = (WIDTH - 2 * EDGE) / max(1, len(values) - 1)
    for there, stretch in groupby(enumerate(values), key=lambda pair: pair[1] is not None):
        if there:
            yield " ".join(
                f"{round(EDGE + at * step, 1)},{_y(value, low, high)}"
                for at, value in stretch
                if value is not None
            )


def _drawn(side: str, points: str) -> SafeString:
    """A line, or a dot where a single reading stands between gaps."""
    if " " in points:
        return format_html('<polyline class="{}" points="{}"/>', side, points)
    x, y = points.split(",")
    return format_html('<circle class="{}" cx="{}" cy="{}" r="1.5"/>', side, x, y)


def _limit(edge: float, low: float, high: float) -> SafeString:
    y = _y(edge, low, high)
    return format_html('<line class="limit" x1="0" x2="{}" y1="{}" y2="{}"/>', WIDTH, y, y)


@register.simple_tag
def meter(part: timedelta, whole: timedelta) -> SafeString:
    """How much of `whole` is used; all of it in alarm where it is more."""
    share = min(100.0, 100 * part / whole) if whole else 100.0
    kind = "over" if part > whole else "part"
    return format_html(
        '<svg viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="all" width="100" height="4"/><rect class="{}" width="{}" height="4"/></svg>',
        kind, round(share, 1),
    )  # fmt: skip


@register.simple_tag
def bar(observed: Decimal | None, desired: Decimal) -> SafeString:
    """BLUE from the left, GREEN from the right as last seen; a mark where GREEN ought to begin."""
    seen = None if observed is None else float(100 - observed)
    blue = format_html('<rect class="blue" width="{}" height="12"/>', 0 if seen is None else seen)
    green = format_html(
        '<rect class="green" x="{}" width="{}" height="12"/>',
        100 if seen is None else seen, 0 if seen is None else 100 - seen,
    )  # fmt: skip
    want = format_html('<line class="want" x1="{0}" x2="{0}" y1="-2" y2="14"/>', 100 - desired)
    return format_html(
        '<svg class="bar" viewBox="0 -2 100 16" preserveAspectRatio="none" aria-hidden="true">'
        '<rect class="unknown" width="100" height="12"/>{}{}{}</svg>',
        blue, green, want,
    )  # fmt: skip

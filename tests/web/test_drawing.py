"""Small drawings: whatever was measured is drawn, in its frame, and nothing else is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.templatetags.drawing import HEIGHT, WIDTH, bar, sparkline

number = st.floats(allow_nan=False, allow_infinity=False)
values = st.lists(st.none() | number, max_size=60).map(tuple)


@dataclass(frozen=True)
class Line:
    green: tuple[float | None, ...]
    blue: tuple[float | None, ...] = ()
    edges: tuple[float, ...] = ()


def points(svg: str, side: str) -> list[tuple[float, float]]:
    """Every point of a side's lines and dots."""
    lines = re.findall(rf'<polyline class="{side}" points="([^"]*)"', svg)
    pairs = [pair.split(",") for line in lines for pair in line.split()]
    dots = re.findall(rf'<circle class="{side}" cx="([^"]*)" cy="([^"]*)"', svg)
    return [(float(x), float(y)) for x, y in [*pairs, *dots]]


@given(values, values, st.lists(number, max_size=2).map(tuple))
def test_every_reading_is_drawn_once_inside_the_frame(
    green: tuple[float | None, ...], blue: tuple[float | None, ...], edges: tuple[float, ...]
) -> None:
    svg = sparkline(Line(green, blue, edges), "p95")
    for side, seen in (("green", green), ("blue", blue)):
        drawn = points(svg, side)
        assert len(drawn) == sum(value is not None for value in seen)
        assert all(0 <= x <= WIDTH and 0 <= y <= HEIGHT for x, y in drawn)


def test_a_gap_stays_a_gap() -> None:
    svg = sparkline(Line((1.0, 2.0, None, 3.0, 4.0, None, 5.0)), "p95")
    assert svg.count("<polyline") == 2
    assert svg.count("<circle") == 1


def test_higher_is_drawn_higher_and_the_newest_at_the_right() -> None:
    (x1, y1), (x2, y2) = points(sparkline(Line((1.0, 2.0)), "p95"), "green")
    assert x1 < x2
    assert y1 > y2


def test_nothing_measured_nothing_drawn() -> None:
    assert sparkline(Line((None, None), (), (1.0,)), "p95") == ""


def test_its_name_is_text() -> None:
    assert '"><script>' not in sparkline(Line((1.0,)), '"><script>')


@given(st.decimals(0, 100, places=2), st.decimals(0, 100, places=2))
def test_a_bar_is_full(observed: Decimal, desired: Decimal) -> None:
    drawn = bar(observed, desired)
    blue = float(re.findall(r'class="blue" width="([\d.]+)"', drawn)[0])
    green = float(re.findall(r'class="green" x="[\d.]+" width="([\d.]+)"', drawn)[0])
    assert abs(blue + green - 100) < 1e-6
    assert abs(green - float(observed)) < 1e-6
    assert f'x1="{100 - desired}"' in drawn


def test_what_was_not_seen_is_not_drawn() -> None:
    assert 'class="blue" width="0"' in bar(None, Decimal(5))

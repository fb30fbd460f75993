"""The tables: medians over the rounds, and every ratio to the bare generator."""

from __future__ import annotations

import math
import statistics
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bench.growth_fit import Curve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from bench.crowd import Heard
    from bench.fanout_cell import Cell

FLOOR: Final = "starlette"


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what is read from a cell, and how it is printed."""

    name: str
    of: Callable[[Cell], float]
    scale: float
    unit: str

    def median(self, cells: Iterable[Cell]) -> float:
        """Over the rounds; NaN if there was none."""
        found = [self.of(cell) for cell in cells]
        return statistics.median(found) if found else math.nan


def quantile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed; NaN of nothing."""
    if not values:
        return math.nan
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _receipts(heard: Iterable[Heard]) -> list[float]:
    return [seconds for one in heard for seconds in one.after]


def _receipt(share: float) -> Callable[[Cell], float]:
    return lambda cell: quantile(_receipts(cell.heard), share)


def _last(cell: Cell) -> float:
    return statistics.median(one.last for one in cell.heard)


def _spread(cell: Cell) -> float:
    return statistics.median(one.last - one.first for one in cell.heard)


def _published(cell: Cell) -> float:
    return quantile([one.published for one in cell.heard], 0.99)


def _per_delivery(cell: Cell) -> float:
    return cell.cpu / max(1, cell.deliveries)


def _missed(cell: Cell) -> float:
    return sum(one.missed for one in (*cell.heard, *cell.beside))


ROWS: Final = (
    Row("to a viewer p50", _receipt(0.5), 1e3, "ms"),
    Row("to a viewer p95", _receipt(0.95), 1e3, "ms"),
    Row("to a viewer p99", _receipt(0.99), 1e3, "ms"),
    Row("to a viewer max", _receipt(1.0), 1e3, "ms"),
    Row("to the last viewer p50", _last, 1e3, "ms"),
    Row("first to last p50", _spread, 1e3, "ms"),
    Row("published p99", _published, 1e3, "ms"),
    Row("CPU per delivery", _per_delivery, 1e6, "µs"),
    Row("of a core", lambda cell: cell.cpu / cell.lasted, 100, "%"),
    Row("memory per viewer", lambda cell: cell.held, 1e-3, "kB"),
    Row("everybody let in", lambda cell: cell.connect, 1, "s"),
    Row("back after a restart", lambda cell: cell.back, 1, "s"),
    Row("p99 beside stalled", lambda cell: quantile(_receipts(cell.beside), 0.99), 1e3, "ms"),
    Row("grown by stalled", lambda cell: cell.grown, 1e-6, "MB"),
    Row("not delivered", _missed, 1, ""),
)


def report(cells: Sequence[Cell]) -> None:
    """One table per number of viewers; in brackets the ratio to the floor."""
    names = list(dict.fromkeys(cell.peer for cell in cells))
    for size in sorted({cell.viewers for cell in cells}):
        by_name = {
            name: [one for one in cells if one.viewers == size and one.peer == name]
            for name in names
        }
        title = f"{size:,} viewers"
        print(f"\n{title:<24}" + "".join(f"{name:>22}" for name in names))
        for row in ROWS:
            medians = {name: row.median(found) for name, found in by_name.items()}
            floor = medians.get(FLOOR, math.nan)
            print(f"{row.name:<24}" + "".join(_shown(row, medians[one], floor) for one in names))


def grown(cells: Iterable[Cell]) -> list[Curve]:
    """The 99th percentile of the receipts as viewers grow, for every server."""
    drawn: dict[str, Curve] = {}
    for cell in cells:
        curve = drawn.setdefault(cell.peer, Curve(cell.peer, "viewers"))
        curve.add(cell.viewers, quantile(_receipts(cell.heard), 0.99))
    return list(drawn.values())


def _shown(row: Row, value: float, floor: float) -> str:
    ratio = "" if not floor or math.isnan(floor) else f"({value / floor:.2f}x)"
    return f"{value * row.scale:11.1f} {row.unit:<2} {ratio:>7}"

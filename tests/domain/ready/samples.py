"""Series for the catalogue's checks: steady counters and gauges, each within a case of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.practice.promql.labels import NAME, labels_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migrations_app.practice.promql.labels import Labels
    from tests.practice.promql.past import Past, Sample

END: Final = 1_700_000_000_000  # unix ms
MINUTE: Final = 60_000
DAY: Final = 24 * 60 * MINUTE
STEP: Final = 30_000


@dataclass(frozen=True, slots=True)
class Series:
    """A line: `level` at the beginning, `slope` more every second. `span` and `ago` in ms."""

    name: str
    labels: tuple[tuple[str, str], ...]
    level: float
    slope: float
    span: int = 30 * MINUTE
    ago: int = 0

    def samples(self) -> Iterator[Sample]:
        begin = END - self.ago - self.span
        for time in range(begin, END - self.ago + 1, STEP):
            yield time, self.level + self.slope * (time - begin) / 1000


def counter(name: str, per_second: float, **labels: str) -> Series:
    return Series(name, tuple(labels.items()), 5, per_second)


def gauge(name: str, value: float, **labels: str) -> Series:
    return Series(name, tuple(labels.items()), value, 0)


def ramp(name: str, per_second: float, **labels: str) -> Series:
    return Series(name, tuple(labels.items()), 100, per_second)


def past_of(case: str, series: Iterable[Series]) -> Past:
    """The samples of `series`, each marked with the case it belongs to."""
    return {_labels(case, one): list(one.samples()) for one in series}


def _labels(case: str, one: Series) -> Labels:
    return labels_of({NAME: one.name, "case": case, **dict(one.labels)})

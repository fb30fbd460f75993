"""Read the text a target exposes, fast from the second time on.

The grammar is prometheus_client's. It is asked one line at a time, because a whole page makes it
rename counters, and only for lines not seen before: what stands before the value names the series.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from migrations_app.practice.promql.labels import NAME, Labels, labels_of

if TYPE_CHECKING:
    from collections.abc import Mapping


class Exposition:
    """`own` are the labels of the target; where a sample has them too, its own are renamed
    `exported_…`, as Prometheus does. Times that a page states are ignored."""

    def __init__(self, own: Mapping[str, str]) -> None:
        self._own = dict(own)
        self._known: dict[str, Labels] = {}

    def read(self, page: str) -> dict[Labels, float]:
        """`ValueError` if any line is not of the text format; then none counts."""
        known: dict[str, Labels] = {}
        values: dict[Labels, float] = {}
        for line in page.split("\n"):  # splitlines() would split within labels, too
            if not line.strip() or line.startswith("#"):
                continue
            series, _, number = line.rpartition(" ")
            if labels := self._known.get(series):
                values[labels] = float(number)
                known[series] = labels
            else:
                self._first(line, known, values)
        self._known = known
        return values

    def _first(self, line: str, known: dict[str, Labels], values: dict[Labels, float]) -> None:
        for family in text_string_to_metric_families(line + "\n"):
            for sample in family.samples:
                labels = self._labelled(sample.name, sample.labels)
                values[labels] = float(sample.value)
                series, _, number = line.rpartition(" ")
                if sample.timestamp is None and _is_number(number):
                    known[series] = labels

    def _labelled(self, name: str, labels: Mapping[str, str]) -> Labels:
        exported = {
            f"exported_{key}" if key in self._own else key: value for key, value in labels.items()
        }
        return labels_of(exported | self._own | {NAME: name})


def _is_number(text: str) -> bool:
    """Not so where something else than one space stands before the value."""
    try:
        float(text)
    except ValueError:
        return False
    return True

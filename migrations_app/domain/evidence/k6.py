"""k6: the object that `handleSummary(data)` gets, written out as JSON.

Source: Grafana k6, "Custom summary" and "Thresholds". The older `--summary-export` has neither
types nor units and turns thresholds round, so it is refused by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from migrations_app.domain.evidence.reading import File, parsed
from migrations_app.domain.evidence.report import Measure, Report, Unreadable, count
from migrations_app.domain.quantity import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTAINS: Final = {"time": Unit.MILLISECOND, "data": Unit.BYTE}
_COUNTS: Final = frozenset({"passes", "fails", "count"})


class _Threshold(File):
    ok: bool


class _Metric(File):
    type: str
    contains: str = "default"
    values: dict[str, float]
    thresholds: dict[str, _Threshold] = Field(default_factory=dict)


class _Untyped(File):
    metrics: dict[str, dict[str, object]] = Field(default_factory=dict)


class _Summary(File):
    metrics: Annotated[dict[str, _Metric], Field(min_length=1)]


def report(body: bytes) -> Report:
    """Every value of every metric as `<metric>.<value>`, and `thresholds.failed`."""
    try:
        summary = parsed(_Summary, body, "what k6's handleSummary is given")
    except Unreadable:
        _refuse_export(body)
        raise
    failed = [one for metric in summary.metrics.values() for one in metric.thresholds.values()
              if not one.ok]  # fmt: skip
    measures = {
        f"{name}.{key}": measure
        for name, metric in summary.metrics.items()
        for key, measure in _measures(metric)
    }
    requests = measures.get("http_reqs.count") or measures.get("iterations.count")
    samples = requests.value if requests else None
    return Report(measures | {"thresholds.failed": count(len(failed))}, samples=samples)


def _measures(metric: _Metric) -> Iterator[tuple[str, Measure]]:
    for key, value in metric.values.items():
        yield key, Measure(value, _unit(metric, key))


def _unit(metric: _Metric, key: str) -> Unit:
    if metric.type == "rate":
        return Unit.COUNT if key in _COUNTS else Unit.RATIO
    if metric.type == "counter" and key == "rate":
        return Unit.PER_SECOND
    return _CONTAINS.get(metric.contains, Unit.COUNT)


def _refuse_export(body: bytes) -> None:
    found = parsed(_Untyped, body, "what k6's handleSummary is given").metrics
    if found and all("values" not in one for one in found.values()):
        raise Unreadable(
            "This is k6's --summary-export, which says of no number what it is in. Write the "
            "data of handleSummary instead: JSON.stringify(data)."
        )

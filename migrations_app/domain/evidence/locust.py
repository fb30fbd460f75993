"""Locust: `--json` (or `--json-file`), or the `_stats.csv` of `--csv`.

Source: Locust, "Retrieve test statistics in CSV format" and "Configuration". Percentiles of the
JSON are taken over all its requests together, from its own rounded response times.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import Field, RootModel, ValidationError

from migrations_app.domain.evidence.reading import File, text_of
from migrations_app.domain.evidence.report import (
    Measure,
    Report,
    Unreadable,
    count,
    millis,
    per_second,
    ratio,
)

_PERCENTILES: Final = (50, 90, 95, 99)
_COLUMNS: Final = (
    *("Request Count", "Failure Count", "Requests/s", "Average Response Time"),
    *("Max Response Time", *(f"{share}%" for share in _PERCENTILES)),
)


class _Entry(File):
    num_requests: Annotated[int, Field(ge=0)]
    num_failures: Annotated[int, Field(ge=0)]
    response_times: dict[float, int]
    total_response_time: float
    max_response_time: float
    start_time: float
    last_request_timestamp: float | None


class _Entries(RootModel[tuple[_Entry, ...]]):
    """One for each name of a request."""


def report(body: bytes) -> Report:
    """`failures`, `requests`, `rps`, `average`, `max`, `p50`, `p90`, `p95`, `p99`."""
    text = text_of(body)
    return _of_json(text) if text.lstrip().startswith("[") else _of_csv(text)


def _of_json(text: str) -> Report:
    try:
        entries = _Entries.model_validate_json(text).root
    except ValidationError:
        raise Unreadable("This is not the JSON of Locust's --json.") from None
    requests = sum(one.num_requests for one in entries)
    if not requests:
        raise Unreadable("Locust sent no request at all.")
    last = max(one.last_request_timestamp or 0 for one in entries)
    lasted = last - min(one.start_time for one in entries)
    measures = {
        **_common(requests, sum(one.num_failures for one in entries)),
        "average": millis(sum(one.total_response_time for one in entries) / requests),
        "max": millis(max(one.max_response_time for one in entries)),
        **_percentiles(entries),
    }
    if lasted > 0:
        measures["rps"] = per_second(requests / lasted)
    return Report(measures, datetime.fromtimestamp(last, UTC), requests)


def _percentiles(entries: tuple[_Entry, ...]) -> dict[str, Measure]:
    times: dict[float, int] = {}
    for one in entries:
        for time, seen in one.response_times.items():
            times[time] = times.get(time, 0) + seen
    if not times:
        return {}
    return {f"p{share}": millis(_percentile(times, share / 100)) for share in _PERCENTILES}


def _percentile(times: dict[float, int], share: float) -> float:
    """The time within which `share` of all requests were answered."""
    left = share * sum(times.values())
    for time in sorted(times):
        left -= times[time]
        if left <= 0:
            return time
    return max(times)


def _of_csv(text: str) -> Report:
    try:
        rows = list(csv.DictReader(io.StringIO(text)))
        total = next((row for row in rows if row.get("Name") == "Aggregated"), {})
        numbers = {name: float(total[name]) for name in _COLUMNS}
    except (csv.Error, KeyError, TypeError, ValueError):
        raise Unreadable("This is not the _stats.csv of Locust, with requests in it.") from None
    requests = numbers["Request Count"]
    measures = {
        **_common(requests, numbers["Failure Count"]),
        "rps": per_second(numbers["Requests/s"]),
        "average": millis(numbers["Average Response Time"]),
        "max": millis(numbers["Max Response Time"]),
        **{f"p{share}": millis(numbers[f"{share}%"]) for share in _PERCENTILES},
    }
    return Report(measures, samples=requests)


def _common(requests: float, failures: float) -> dict[str, Measure]:
    if not requests:
        raise Unreadable("Locust sent no request at all.")
    return {"requests": count(requests), "failures": ratio(failures / requests)}

"""Vegeta: `vegeta report -type=json`. Its times are nanoseconds; an empty status code is `0`.

Source: Vegeta's README, "report command".
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from migrations_app.domain.evidence.reading import File, parsed
from migrations_app.domain.evidence.report import (
    Measure,
    Report,
    Unreadable,
    count,
    millis,
    per_second,
    ratio,
)

_NANO = 1e6  # in a millisecond


class _Report(File):
    latencies: dict[str, float]
    requests: Annotated[int, Field(ge=0)]
    rate: float
    throughput: float
    success: Annotated[float, Field(ge=0, le=1)]
    status_codes: dict[str, int]
    end: AwareDatetime


def report(body: bytes) -> Report:
    """`success`, `failure`, `rate`, `throughput`, `requests`, `status.5xx` and `latencies.…`."""
    found = parsed(_Report, body, "a JSON report of Vegeta's")
    if not found.requests:
        raise Unreadable("Vegeta sent no request at all.")
    plain = {
        "success": ratio(found.success),
        "failure": ratio(1 - found.success),
        "requests": count(found.requests),
        "rate": per_second(found.rate),
        "throughput": per_second(found.throughput),
    }
    latencies = {f"latencies.{key}": millis(ns / _NANO) for key, ns in found.latencies.items()}
    return Report(plain | latencies | _statuses(found), found.end, found.requests)


def _statuses(found: _Report) -> dict[str, Measure]:
    """By class; `status.0xx` never got an answer."""
    classes = {f"{digit}xx": 0 for digit in "012345"}
    for code, times in found.status_codes.items():
        key = f"{code[0] if len(code) == 3 else '0'}xx"
        classes[key] = classes.get(key, 0) + times
    return {f"status.{key}": count(times) for key, times in classes.items()}

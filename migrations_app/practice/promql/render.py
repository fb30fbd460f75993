"""Results as the Prometheus HTTP API writes them."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from migrations_app.practice.promql.engine import Result
    from migrations_app.practice.promql.errors import QueryError
    from migrations_app.practice.promql.store import Samples

Json = dict[str, object]


def success(data: object) -> bytes:
    return json.dumps({"status": "success", "data": data}).encode()


def failure(error: QueryError) -> bytes:
    words = {"status": "error", "errorType": error.kind, "error": str(error)}
    return json.dumps(words).encode()


def instant(result: Result, time: int) -> Json:
    """`time` in unix ms."""
    if isinstance(result, dict):
        vector = [
            {"metric": dict(labels), "value": _sample(time, value)}
            for labels, value in result.items()
        ]
        return {"resultType": "vector", "result": vector}
    if isinstance(result, list):
        return matrix(result)
    return {"resultType": "scalar", "result": _sample(time, result)}


def matrix(lines: Iterable[Samples]) -> Json:
    result = [
        {
            "metric": dict(line.labels),
            "values": [_sample(*pair) for pair in zip(line.times, line.values, strict=True)],
        }
        for line in lines
    ]
    return {"resultType": "matrix", "result": result}


def _sample(time: int, value: float) -> list[float | str]:
    return [time / 1000, number(value)]


def number(value: float) -> str:
    """The shortest text that reads back as the same number."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(float(value)).removesuffix(".0")

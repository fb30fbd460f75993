"""Whether two answers of the Prometheus HTTP API say the same."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, cast

from migrations_app.practice.promql import render
from migrations_app.practice.promql.errors import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrations_app.practice.promql.engine import Engine
    from tests.real_prometheus import RealPrometheus

Envelope = dict[str, object]
Answer = tuple[str, dict[tuple[tuple[str, str], ...], list[tuple[float, float]]]]


def differences_at(moment: int, query: str, ours: Engine, theirs: RealPrometheus) -> list[str]:
    """Of an instant query at `moment` (unix ms)."""
    answer = envelope(lambda: render.instant(ours.instant(query, moment), moment))
    return differences(answer, theirs.ask("query", query=query, time=seconds(moment)))


def seconds(moment: int) -> str:
    return f"{moment / 1000:.3f}"


def envelope(ask: Callable[[], object]) -> Envelope:
    """What our HTTP API would answer."""
    try:
        body = render.success(ask())
    except QueryError as error:
        body = render.failure(error)
    return cast("Envelope", json.loads(body))


def differences(ours: Envelope, theirs: Envelope) -> list[str]:
    """Empty when they agree: same kind, same series, same times, values within 1e-9."""
    if theirs["status"] == "error" or ours["status"] == "error":
        kinds = ours.get("errorType", ours["status"]), theirs.get("errorType", theirs["status"])
        return [] if kinds[0] == kinds[1] else [f"ours {ours}, theirs {theirs}"]
    (our_kind, our_series), (their_kind, their_series) = _read(ours), _read(theirs)
    if our_kind != their_kind:
        return [f"ours is a {our_kind}, theirs a {their_kind}"]
    if our_series.keys() != their_series.keys():
        only_ours = sorted(our_series.keys() - their_series.keys())
        only_theirs = sorted(their_series.keys() - our_series.keys())
        return [f"only ours {only_ours}, only theirs {only_theirs}"]
    return [
        f"{labels}: ours {our_series[labels]}, theirs {their_series[labels]}"
        for labels in our_series
        if not _same(our_series[labels], their_series[labels])
    ]


def _read(envelope: Envelope) -> Answer:
    data = cast("dict[str, object]", envelope["data"])
    kind, result = str(data["resultType"]), cast("list[dict[str, object]]", data["result"])
    if kind == "scalar":
        return kind, {(): [_sample(result)]}
    return kind, {_labels(line): _samples(line) for line in result}


def _labels(line: dict[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(cast("dict[str, str]", line["metric"]).items()))


def _samples(line: dict[str, object]) -> list[tuple[float, float]]:
    if "value" in line:
        return [_sample(line["value"])]
    return [_sample(pair) for pair in cast("list[object]", line["values"])]


def _sample(pair: object) -> tuple[float, float]:
    time, value = cast("tuple[float, str]", pair)
    return time, float(value)


def _same(ours: list[tuple[float, float]], theirs: list[tuple[float, float]]) -> bool:
    return len(ours) == len(theirs) and all(
        a[0] == b[0] and _close(a[1], b[1]) for a, b in zip(ours, theirs, strict=True)
    )


def _close(a: float, b: float) -> bool:
    """Sums are added up in another order there, so zero may be missed by a rounding."""
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12) or (math.isnan(a) and math.isnan(b))

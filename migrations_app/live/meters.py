"""What this process counts of itself. What must be true of all of them is asked of PostgreSQL."""

from __future__ import annotations

from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
)

disable_created_metrics()  # type: ignore[no-untyped-call]  # the one without types

REGISTRY: Final = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

REQUESTS: Final = Counter(
    "warroom_requests",
    "Requests answered by this process, by view and status.",
    ["view", "status"],
    registry=REGISTRY,
)
DURATION: Final = Histogram(
    "warroom_request_duration_seconds",
    "From a request's arrival to the first byte of its answer.",
    ["method"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=REGISTRY,
)
VIEWERS: Final = Gauge(
    "warroom_stream_viewers", "Streams this process holds open.", registry=REGISTRY
)
LAG: Final = Gauge(
    "warroom_stream_lag_seconds",
    "For how long the slowest viewer of this process has not taken what was sent.",
    registry=REGISTRY,
)
SCENE_AGE: Final = Gauge(
    "warroom_stream_scene_age_seconds",
    "How long ago the oldest room on show here was last known to be current.",
    registry=REGISTRY,
)

_METHODS: Final = {"GET", "HEAD", "POST"}


def answered(view: str, method: str, status: int, took_s: float) -> None:
    """One request got the first byte of its answer."""
    REQUESTS.labels(view, str(status)).inc()
    DURATION.labels(method if method in _METHODS else "other").observe(took_s)

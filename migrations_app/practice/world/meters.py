"""What each side and the load count, as Prometheus text. Durations in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

from migrations_app.practice.world.web import Response

if TYPE_CHECKING:
    from collections.abc import Callable

BUCKETS = (
    *(0.005, 0.010, 0.015, 0.020, 0.025, 0.030, 0.035, 0.040, 0.050, 0.060, 0.080, 0.100),
    *(0.150, 0.200, 0.300, 0.400, 0.500, 0.750, 1.0, 2.5, 5.0),
)
TEXT = "text/plain; version=0.0.4; charset=utf-8"

disable_created_metrics()  # type: ignore[no-untyped-call]  # the library leaves it untyped


class Page:
    """A registry and the page that shows it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()

    def counter(self, name: str, help_: str, *labels: str) -> Counter:
        return Counter(name, help_, labels, registry=self.registry)

    def histogram(self, name: str, help_: str, *labels: str) -> Histogram:
        return Histogram(name, help_, labels, buckets=BUCKETS, registry=self.registry)

    def gauge(self, name: str, help_: str, value: Callable[[], float]) -> None:
        Gauge(name, help_, registry=self.registry).set_function(value)

    def response(self) -> Response:
        return Response(200, generate_latest(self.registry), TEXT)


class ServiceMeters(Page):
    """One side's own counts. `traffic` is `live` for customers, `shadow` for copies."""

    def __init__(self, track: str, lag: Callable[[], float]) -> None:
        super().__init__()
        self._track = track
        self._requests = self.counter(
            "http_requests_total", "Requests answered", "track", "code", "method", "traffic"
        )
        self._seconds = self.histogram(
            "http_request_duration_seconds", "Time to answer", "track", "traffic"
        )
        self._auth = self.counter("auth_attempts_total", "Tokens checked", "track", "result")
        self._started = self.counter("checkout_started_total", "Orders begun", "track")
        self._completed = self.counter("checkout_completed_total", "Orders placed", "track")
        # From BLUE to GREEN is the direction a migration waits for; the way back has its own name.
        name = "cdc_lag_seconds" if track == "green" else "cdc_reverse_lag_seconds"
        self.gauge(name, "How far this side is behind the other", lag)
        self._start_at_zero()

    def answered(self, method: str, status: int, traffic: str, seconds: float) -> None:
        self._requests.labels(self._track, str(status), method, traffic).inc()
        self._seconds.labels(self._track, traffic).observe(seconds)

    def checked_token(self, *, good: bool) -> None:
        self._auth.labels(self._track, "success" if good else "failure").inc()

    def checkout_started(self) -> None:
        self._started.labels(self._track).inc()

    def checkout_completed(self) -> None:
        self._completed.labels(self._track).inc()

    def _start_at_zero(self) -> None:
        """A counter that first appears as 1 hides its first increase from `rate`."""
        for traffic in ("live", "shadow"):
            self._seconds.labels(self._track, traffic)
            for code, method in (("200", "GET"), ("500", "GET"), ("201", "POST"), ("500", "POST")):
                self._requests.labels(self._track, code, method, traffic)
        for result in ("success", "failure"):
            self._auth.labels(self._track, result)
        self._started.labels(self._track)
        self._completed.labels(self._track)


class LoadMeters(Page):
    """What the customers saw. `track` is who answered: blue, green, or nobody."""

    def __init__(self, in_flight: Callable[[], float], rate: Callable[[], float]) -> None:
        super().__init__()
        self._requests = self.counter(
            "load_requests_total", "Requests sent, by who answered how", "track", "outcome"
        )
        self._seconds = self.histogram("load_request_duration_seconds", "As customers see", "track")
        self._shadow = self.counter("load_shadow_requests_total", "Copies sent", "track")
        self._compare = self.counter("shadow_compare_total", "Copies compared", "result")
        self._dropped = self.counter("load_dropped_total", "Not sent: too many under way")
        self.gauge("load_in_flight", "Requests under way", in_flight)
        self.gauge("load_rate", "Requests per second asked for", rate)
        for track in ("blue", "green"):
            self._shadow.labels(track)
            self._seconds.labels(track)
            for outcome in ("ok", "failed"):
                self._requests.labels(track, outcome)
        for result in ("match", "mismatch", "missing", "error"):
            self._compare.labels(result)

    def answered(self, track: str, outcome: str, seconds: float) -> None:
        self._requests.labels(track, outcome).inc()
        self._seconds.labels(track).observe(seconds)

    def compared(self, track: str, result: str) -> None:
        self._shadow.labels(track).inc()
        self._compare.labels(result).inc()

    def dropped(self) -> None:
        self._dropped.inc()

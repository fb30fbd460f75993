"""What is asked of a Prometheus, as a path and a form. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from migrations_app.sources.prometheus.config import PrometheusConfig

Form = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A path below the base address, POSTed with `form` when there is one."""

    path: str
    form: Form = ()


def instant(config: PrometheusConfig, text: str, at: datetime | None = None) -> Question:
    """`text` as of `at`, or as of the server's own now."""
    when = () if at is None else (("time", f"{at.timestamp():.3f}"),)
    return Question("/api/v1/query", (("query", text), *when, *limits(config, config.timeout)))


def limits(config: PrometheusConfig, timeout: timedelta) -> Form:
    """Tells the server to stop working on it when we stop waiting.

    VictoriaMetrics answers for up to 30 s before the time asked for, and rounds a range to its
    step, unless it is told `nocache`; everybody else ignores that.
    """
    form: Form = (("timeout", f"{timeout.total_seconds():.3f}"), ("nocache", "1"))
    if config.lookback is None:
        return form
    return (*form, ("lookback_delta", f"{config.lookback.total_seconds():.3f}"))

"""Plain builders for tests of sources."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from migrations_app.domain.reading import Outcome, Query
from migrations_app.sources.prometheus.config import PrometheusConfig
from migrations_app.sources.prometheus.source import PrometheusSource

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.domain.reading import Reading
    from migrations_app.sources.base import Source

NOW: Final = datetime(2026, 11, 20, 2, 14, 7, 123_000, tzinfo=UTC)
LONG: Final = 60.0  # seconds; only a hung machine takes longer
SHORT: Final = 0.3  # seconds; for what never comes


@contextmanager
def prometheus(url: str, timeout: float = LONG, **config: object) -> Iterator[PrometheusSource]:
    """Open until the end of the block."""
    keys = {"url": url, "timeout": timeout, "history_timeout": timeout, **config}
    source = PrometheusSource(PrometheusConfig.model_validate(keys))
    try:
        yield source
    finally:
        source.close()


def read_one(source: Source, text: str, at: datetime = NOW) -> Reading:
    (reading,) = source.read([Query("check", text)], at)
    return reading


def answers_again(source: Source, text: str, at: datetime = NOW) -> bool:
    """Whether a source in a hurry gets through: on a busy machine not always the first time."""
    return any(read_one(source, text, at).outcome is Outcome.OK for _ in range(100))

"""The source seam: ask a metrics system several questions at once.

A source never raises for a question that went wrong: the reading says so. All questions of one
call run concurrently and the call as a whole is bounded by the configured timeout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from migrations_app.domain.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.domain.reading import Point, Query, Reading


@runtime_checkable
class Source(Protocol):
    """`__init__` takes a validated `Config` with secrets resolved. Thread-safe."""

    kind: ClassVar[str]
    Config: ClassVar[type[BaseModel]]
    past: ClassVar[bool]  # can tell what was: earlier moments, offsets, histories
    tried: ClassVar[str]  # what it was tested against, for the docs

    def __init__(self, config: BaseModel) -> None: ...

    def read(self, queries: Sequence[Query], at: datetime) -> list[Reading]:
        """One reading per query, in order, as of `at` (aware UTC, sent to the source).

        A source without a `past` answers for the moment in which it is asked, whatever `at` says,
        and says `sampled_at` accordingly; a query with an offset is an ERROR there.
        """
        ...

    def history(self, query: Query, start: datetime, end: datetime, step: timedelta) -> list[Point]:
        """Values from `start` to `end` every `step`. Raises a `SeamError` when it can't; without a
        `past` always, `Permanent`."""
        ...

    def invalid(self, query: Query) -> str | None:
        """Why the source refuses this query (its own words), None if it parses.

        Raises `Transient` when the source can't be asked.
        """
        ...

    def check(self) -> list[Finding]:
        """Can it be reached, may we read, is its data fresh? In plain words."""
        ...

    def close(self) -> None: ...


SOURCES: Registry[Source] = Registry(
    "warroom.sources",
    "source",
    {
        "alerts": "migrations_app.sources.alerts:AlertsSource",
        "datadog": "migrations_app.sources.datadog.source:DatadogSource",
        "cloudwatch": "migrations_app.sources.cloudwatch.source:CloudWatchSource",
        "dns": "migrations_app.sources.dns.source:DNSSource",
        "fake": "migrations_app.sources.fake.source:FakeSource",
        "grafana": "migrations_app.sources.grafana.source:GrafanaSource",
        "http": "migrations_app.sources.http.source:HTTPSource",
        "mysql": "migrations_app.sources.mysql.source:MySQLSource",
        "postgresql": "migrations_app.sources.postgresql.source:PostgreSQLSource",
        "probe": "migrations_app.sources.probe.source:ProbeSource",
        "newrelic": "migrations_app.sources.newrelic.source:NewRelicSource",
        "parity": "migrations_app.sources.parity.source:ParitySource",
        "prometheus": "migrations_app.sources.prometheus.source:PrometheusSource",
        "pushed": "migrations_app.sources.pushed:PushedSource",
        "sentry": "migrations_app.sources.sentry.source:SentrySource",
    },
)

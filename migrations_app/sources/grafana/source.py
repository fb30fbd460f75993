"""A Prometheus behind Grafana's data source proxy: for teams whose only way in is Grafana.

The proxy passes Prometheus's own API through, so everything but the address and the token is
Prometheus's. Source: Grafana's HTTP API, "Data source proxy calls".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.sources.grafana.config import GrafanaConfig
from migrations_app.sources.prometheus.source import PrometheusSource

if TYPE_CHECKING:
    from pydantic import BaseModel


class GrafanaSource(PrometheusSource):
    """Only data sources that speak Prometheus's API: also Mimir, Thanos, VictoriaMetrics."""

    kind: ClassVar[str] = "grafana"
    Config: ClassVar[type[BaseModel]] = GrafanaConfig
    tried: ClassVar[str] = "a fake proxy before the same servers as Prometheus"

    def __init__(self, config: GrafanaConfig) -> None:
        super().__init__(config.prometheus())

    def __repr__(self) -> str:
        return f"GrafanaSource({self._config.host})"

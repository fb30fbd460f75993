"""What a runbook says about a data source of a Grafana."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from migrations_app.domain.plan.base import Count
from migrations_app.sources.prometheus.config import Freshness, PrometheusConfig
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import HeaderValue, Place

Uid = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,40}$")]
_SAME = (
    *("ca_file", "client_cert", "client_key", "verify", "timeout", "max_response_bytes"),
    *("history_timeout", "concurrency", "freshness", "lookback"),
)


class GrafanaConfig(Place):
    """`datasource` is its UID, as in the address of its page; `token` a service account's."""

    secret_keys: ClassVar[tuple[str, ...]] = ("token",)

    datasource: Uid
    token: HeaderValue
    organisation: Count | None = None
    history_timeout: Patience = timedelta(seconds=30)
    concurrency: Annotated[Count, Field(le=64)] = 8
    freshness: Freshness | None = None
    lookback: Patience | None = None

    def prometheus(self) -> PrometheusConfig:
        """What stands behind it, as it is reached through the proxy."""
        same = {key: getattr(self, key) for key in _SAME}
        given: dict[str, Any] = {
            "url": f"{self.url}/api/datasources/proxy/uid/{self.datasource}",
            "auth": {"bearer": self.token},
            **same,
        }
        if self.organisation is not None:
            given["headers"] = {"X-Grafana-Org-Id": str(self.organisation)}
        return PrometheusConfig.model_validate(given)

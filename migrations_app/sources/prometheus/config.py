"""What a runbook says about a Prometheus: where it is, who we are there, and our limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import StringConstraints

from migrations_app.sources.web.config import WebPlace
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import Secretive

Tenant = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9!\-_.*'()|:]{1,150}$")]


class Freshness(Secretive):
    """`query` answers with the unix time of the newest sample, such as
    `max(timestamp(up{job="orders"}))`."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]


class PrometheusConfig(WebPlace):
    """`timeout` bounds a whole `read()`, `history_timeout` a whole `history()`.

    `lookback` asks the server to look no further back for a sample than this; one that does not
    know the parameter (Prometheus 2.42) ignores it.
    """

    tenant: Tenant | None = None
    history_timeout: Patience = timedelta(seconds=30)
    freshness: Freshness | None = None
    lookback: Patience | None = None

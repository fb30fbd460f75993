"""What a runbook says about a Prometheus: where it is, who we are there, and our limits."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Self

from pydantic import Field, StringConstraints, model_validator

from migrations_app.domain.plan.base import Count
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import Auth, HeaderName, HeaderValue, Place, Secretive

_OURS = frozenset(
    {"accept", "accept-encoding", "authorization", "connection", "content-length", "content-type"}
    | {"host", "transfer-encoding", "x-scope-orgid"}
)


Tenant = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9!\-_.*'()|:]{1,150}$")]


class Freshness(Secretive):
    """`query` answers with the unix time of the newest sample, such as
    `max(timestamp(up{job="orders"}))`."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]


class PrometheusConfig(Place):
    """`timeout` bounds a whole `read()`, `history_timeout` a whole `history()`.

    `lookback` asks the server to look no further back for a sample than this; one that does not
    know the parameter (Prometheus 2.42) ignores it.
    """

    secret_keys: ClassVar[tuple[str, ...]] = ("auth", "headers")

    auth: Auth | None = None
    tenant: Tenant | None = None
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)
    history_timeout: Patience = timedelta(seconds=30)
    concurrency: Annotated[Count, Field(le=256)] = 16
    freshness: Freshness | None = None
    lookback: Patience | None = None

    @model_validator(mode="after")
    def _headers_of_theirs(self) -> Self:
        for name in self.headers:
            if name.lower() in _OURS:
                raise ValueError(f'headers: "{name}" is set by us; use auth or tenant')
        return self

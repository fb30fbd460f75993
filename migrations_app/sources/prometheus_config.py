"""What a runbook says about a Prometheus: where it is, who we are there, and our limits."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

import httpx
from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    model_validator,
)

from migrations_app.domain.plan.base import Count, Flag, Strict
from migrations_app.sources.patience import Patience

_OURS = frozenset(
    {"accept", "accept-encoding", "authorization", "connection", "content-length", "content-type"}
    | {"host", "transfer-encoding", "x-scope-orgid"}
)


class _Secretive(Strict):
    # A validation error would otherwise print the input, and the input may be a password.
    model_config = ConfigDict(hide_input_in_errors=True)


def _base_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or " " in url:
        raise ValueError("write the whole address, such as https://prometheus.example:9090")
    if parts.username is not None or parts.password is not None:
        raise ValueError("put user name and password under auth, never into the address")
    if parts.query or parts.fragment:
        raise ValueError("the address ends before any ? or #")
    try:
        httpx.URL(url, port=parts.port)  # urlsplit reads the port only when asked
    except (ValueError, httpx.InvalidURL) as error:
        raise ValueError(f"is not an address: {error}") from None
    return url.rstrip("/")


def _sendable(secret: SecretStr) -> SecretStr:
    """Refused here, because the HTTP library would quote it when it refuses."""
    text = secret.get_secret_value()
    if not text or not text.isascii() or not text.isprintable() or text != text.strip():
        raise ValueError("must be plain printable ASCII, not empty, without spaces at its ends")
    return secret


BaseUrl = Annotated[str, AfterValidator(_base_url)]
HeaderName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,100}$")]
HeaderValue = Annotated[SecretStr, AfterValidator(_sendable)]
Tenant = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9!\-_.*'()|:]{1,150}$")]


class Basic(_Secretive):
    """User name and password, as Prometheus's own `basic_auth_users` wants them."""

    username: Annotated[str, StringConstraints(pattern=r"^[^:\x00-\x1f\x7f]{1,200}$")]
    password: SecretStr

    def header(self) -> str:
        pair = f"{self.username}:{self.password.get_secret_value()}"
        return "Basic " + base64.b64encode(pair.encode()).decode("ascii")


class Auth(_Secretive):
    """Exactly one of the two."""

    basic: Basic | None = None
    bearer: HeaderValue | None = None

    @model_validator(mode="after")
    def _one(self) -> Self:
        if (self.basic is None) == (self.bearer is None):
            raise ValueError("give either basic (username and password) or bearer (a token)")
        return self

    def header(self) -> str | None:
        """The value of `Authorization`. A secret."""
        if self.basic is not None:
            return self.basic.header()
        return f"Bearer {self.bearer.get_secret_value()}" if self.bearer else None


class Freshness(_Secretive):
    """`query` answers with the unix time of the newest sample, such as
    `max(timestamp(up{job="orders"}))`."""

    query: Annotated[str, StringConstraints(min_length=1, max_length=10_000)]


class PrometheusConfig(_Secretive):
    """`timeout` bounds a whole `read()`, `history_timeout` a whole `history()`.

    `max_response_bytes` counts after decompression. `lookback` asks the server to look no further
    back for a sample than this; one that does not know the parameter (Prometheus 2.42) ignores it.
    """

    url: BaseUrl
    auth: Auth | None = None
    tenant: Tenant | None = None
    headers: dict[HeaderName, HeaderValue] = Field(default_factory=dict)
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    verify: Flag = True
    timeout: Patience = timedelta(seconds=3)
    history_timeout: Patience = timedelta(seconds=30)
    max_response_bytes: Annotated[Count, Field(ge=1024)] = 1024 * 1024
    concurrency: Annotated[Count, Field(le=256)] = 16
    freshness: Freshness | None = None
    lookback: Patience | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        for name in self.headers:
            if name.lower() in _OURS:
                raise ValueError(f'headers: "{name}" is set by us; use auth or tenant')
        if self.client_key is not None and self.client_cert is None:
            raise ValueError("client_key needs client_cert")
        if not self.verify and self.ca_file is not None:
            raise ValueError("verify: false would ignore ca_file; drop one of the two")
        return self

    @property
    def host(self) -> str:
        """`prometheus.example:9090`: what people may see of the address."""
        return urlsplit(self.url).netloc

    @property
    def exposes_secrets(self) -> bool:
        """Whether secrets would cross a network unencrypted."""
        parts = urlsplit(self.url)
        local = re.fullmatch(r"localhost|127(\.\d+){3}|::1", parts.hostname or "")
        secret = self.auth is not None or bool(self.headers)
        return parts.scheme == "http" and secret and not local

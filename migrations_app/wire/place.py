"""What a runbook says about a place that speaks HTTP: where it is, and what we require of it.

Every configuration of a driver or source that speaks HTTP inherits `Place`.
"""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Self
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

from migrations_app.domain.finding import Finding
from migrations_app.domain.plan.base import Count, Flag, Strict
from migrations_app.wire.patience import Patience


class Secretive(Strict):
    """A validation error would otherwise print the input, and the input may be a password."""

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
# A secret that can travel in a header: a token, an API key.
HeaderValue = Annotated[SecretStr, AfterValidator(_sendable)]


class Basic(Secretive):
    """User name and password of Basic authentication."""

    username: Annotated[str, StringConstraints(pattern=r"^[^:\x00-\x1f\x7f]{1,200}$")]
    password: SecretStr

    def header(self) -> str:
        """The value of `Authorization`. A secret."""
        pair = f"{self.username}:{self.password.get_secret_value()}"
        return "Basic " + base64.b64encode(pair.encode()).decode("ascii")


class Auth(Secretive):
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


class Place(Secretive):
    """`timeout` bounds a whole call, however many requests it takes.

    `max_response_bytes` counts after decompression. `path` has no part in it: what is below the
    address is the driver's or source's own business.
    """

    secret_keys: ClassVar[tuple[str, ...]] = ()  # keys of secrets that a subclass adds

    url: BaseUrl
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    verify: Flag = True
    timeout: Patience = timedelta(seconds=3)
    max_response_bytes: Annotated[Count, Field(ge=1024)] = 1024 * 1024

    @model_validator(mode="after")
    def _coherent_tls(self) -> Self:
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
    def secret(self) -> bool:
        """Whether anything of ours that goes there is a secret."""
        return any(getattr(self, key) for key in self.secret_keys)

    @property
    def exposes_secrets(self) -> bool:
        """Whether secrets would cross a network unencrypted."""
        parts = urlsplit(self.url)
        local = re.fullmatch(r"localhost|127(\.\d+){3}|::1", parts.hostname or "")
        return parts.scheme == "http" and self.secret and not local


def protection(place: Place, forged: str) -> list[Finding]:
    """What is wrong with the road there, if anything. `forged`: what a stranger on it could fake,
    such as "healthy metrics"."""
    found = []
    if place.exposes_secrets:
        sentence = "our credentials cross the network in plain text; use https"
        found.append(Finding(ok=False, what="protection", sentence=sentence))
    if not place.verify:
        sentence = (
            f"its certificate is not verified, so anybody on the way can forge {forged}; "
            "set ca_file instead of verify: false"
        )
        found.append(Finding(ok=False, what="protection", sentence=sentence))
    return found

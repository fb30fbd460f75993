"""What a runbook says about addresses to probe. Nothing else is ever connected to."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, NamedTuple, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from migrations_app.domain.plan.base import Count, Name, Strict
from migrations_app.wire.patience import Patience

_WHOLE: Final = "write it whole, such as tls://orders.example:443 or tcp://db.example:5432"


class Address(NamedTuple):
    """`tls`: a handshake belongs to it."""

    tls: bool
    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


def address(text: str) -> Address:
    """`ValueError` says what is wrong."""
    parts = urlsplit(text)
    if parts.scheme not in {"tls", "tcp"} or parts.path or parts.query or parts.fragment:
        raise ValueError(_WHOLE)
    if not re.fullmatch(r"[A-Za-z0-9._:-]{1,253}", parts.hostname or "") or parts.username:
        raise ValueError(_WHOLE)
    if not parts.port:
        raise ValueError(f"the port is missing; {_WHOLE}")
    return Address(parts.scheme == "tls", str(parts.hostname), parts.port)


def _checked(text: str) -> str:
    address(text)
    return text


class ProbeConfig(Strict):
    """`targets` by the names that queries use. `server_names` where the certificate is for another
    name than the one in the address, such as that of a load balancer asked by its number."""

    targets: Annotated[
        dict[Name, Annotated[str, AfterValidator(_checked)]], Field(min_length=1, max_length=64)
    ]
    server_names: dict[Name, Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}$")]] = Field(
        default_factory=dict
    )
    ca_file: Path | None = None
    timeout: Patience = timedelta(seconds=3)
    concurrency: Annotated[Count, Field(le=64)] = 16

    @model_validator(mode="after")
    def _names_of_targets(self) -> Self:
        for name in self.server_names.keys() - self.targets.keys():
            raise ValueError(f'server_names: there is no target "{name}"')
        return self

    def address(self, name: str) -> Address:
        """`KeyError` where there is no such target."""
        return address(self.targets[name])

    def server_name(self, name: str) -> str:
        """Whom the certificate has to be for."""
        return self.server_names.get(name) or self.address(name).host

"""What a runbook says about a zone."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from migrations_app.domain.plan.base import Count, Strict
from migrations_app.wire.patience import Patience


def _server(text: str) -> str:
    server(text)
    return text


def server(text: str) -> tuple[str, int]:
    """`192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:5353`. `ValueError` says what is wrong."""
    host, colon, port = text.rpartition(":")
    if not colon or (":" in host and not host.startswith("[")):  # IPv6 without a port
        host, port = text, "53"
    try:
        found = ipaddress.ip_address(host.strip("[]"))
        number = int(port)
    except ValueError:
        raise ValueError("name each server by its number, such as 192.0.2.53") from None
    if not 0 < number < 65_536:
        raise ValueError("a port is a number up to 65535")
    return str(found), number


Server = Annotated[str, AfterValidator(_server)]
Servers = Annotated[tuple[Server, ...], Field(max_length=32)]


class DNSConfig(Strict):
    """`servers`: the zone's authoritative ones, where they can't be found by its NS records.
    `resolvers`: who is asked for those; else the system's own."""

    zone: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?$")]
    servers: Servers = ()
    resolvers: Servers = ()
    timeout: Patience = timedelta(seconds=3)
    concurrency: Annotated[Count, Field(le=64)] = 16

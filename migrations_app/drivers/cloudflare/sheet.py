"""What people see and type."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from migrations_app.drivers.cloudflare.steering import hundredths
from migrations_app.wire.curl import curl

if TYPE_CHECKING:
    from migrations_app.drivers.cloudflare.config import CloudflareConfig
    from migrations_app.drivers.cloudflare.steering import Steering
    from migrations_app.drivers.scale import Parts


_LOGIN = "Authorization: Bearer $TOKEN"


def sheet(config: CloudflareConfig, steering: Steering, parts: Parts) -> list[str]:
    """Both sides in one request, made by `jq` of what is there, then its read-back. No I/O."""
    sent, shown = steering.filter(parts)
    read = curl(config, "GET", steering.path, secret=_LOGIN)
    write = curl(config, "PATCH", steering.path, secret=_LOGIN, body=b"@-")
    return [f"{read} | jq -c {quote(sent)} | {write}", f"{read} | jq -c {quote(shown)}"]


def change(steering: Steering, parts: Parts, now: str) -> str:
    blue, green = hundredths(parts.blue), hundredths(parts.green)
    return f"{steering.said}: blue to {blue:g}, green to {green:g} ({now})"

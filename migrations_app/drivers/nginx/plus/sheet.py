"""What people see and type for NGINX Plus: each request, and the same without Warroom. Pure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from migrations_app.drivers.exact import each
from migrations_app.drivers.nginx.plus.peers import body
from migrations_app.wire.curl import curl, quoted
from migrations_app.wire.login import typed as login

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from migrations_app.drivers.nginx.plus.config import PlusConfig
    from migrations_app.drivers.nginx.plus.peers import Change


def line(config: PlusConfig, change: Change) -> str:
    """One request as it would be sent now."""
    path = config.server_path(change.peer.id)
    return f"PATCH {config.url}{path} {json.dumps(change.body)} (now {change.peer})"


def blind(config: PlusConfig, weight: Decimal) -> list[str]:
    """The same while nobody says which id a server has."""
    return [
        f"PATCH {config.url}{config.path}/servers/ID-OF-{address} {json.dumps(what)}"
        for address, what in _in_order(config, weight)
    ]


def typed(config: PlusConfig, weight: Decimal) -> list[str]:
    """A line per server, which looks its id up, and one that reads back."""
    lines = [_typed(config, address, what) for address, what in _in_order(config, weight)]
    return [*lines, curl(config, "GET", config.path, secret=login(config.auth))]


def _in_order(config: PlusConfig, weight: Decimal) -> Iterator[tuple[str, dict[str, int | bool]]]:
    """Safe from any state: the side that ends above 0 comes first, BLUE if GREEN ends at 0."""
    parts = each(weight, len(config.blue), len(config.green))
    blues = [(address, body(config, parts.blue)) for address in config.blue]
    greens = [(address, body(config, parts.green)) for address in config.green]
    yield from greens + blues if parts.green else blues + greens


def _typed(config: PlusConfig, address: str, what: dict[str, int | bool]) -> str:
    secret = login(config.auth)
    listed = curl(config, "GET", f"{config.path}/servers/", secret=secret)
    entry = quoted(rf'"id":[0-9]+,"server":"{re.escape(address)}"')
    change = curl(config, "PATCH", f"{config.path}/servers/", secret=secret, body=what)
    found = f"{listed} | grep -oE {entry} | cut -d, -f1 | tr -dc 0-9"
    return f'ID=$({found}) && {change}"$ID"'

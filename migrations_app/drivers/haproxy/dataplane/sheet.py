"""What people see and type: each request, and the same without Warroom. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from migrations_app.drivers.haproxy.node import Write
from migrations_app.wire.curl import curl
from migrations_app.wire.login import typed as login

if TYPE_CHECKING:
    from migrations_app.drivers.haproxy.dataplane.config import DataplaneConfig
    from migrations_app.drivers.haproxy.weights import Split


def line(config: DataplaneConfig, write: Write) -> list[str]:
    """The requests for one server: the file's first, where it is kept there too."""
    now = "now unknown" if write.was is None else f"now {write.was}"
    body = json.dumps({"weight": write.weight})
    running = f"PUT {config.url}{config.running}/{write.server} {body} ({now})"
    kept = f"PUT {config.url}{config.kept}/servers/{write.server}?version=… weight {write.weight}"
    return [kept, running] if config.persist else [running]


def blind(config: DataplaneConfig, split: Split) -> list[str]:
    """The same while nobody says what is there."""
    return [told for write in _in_order(config, split) for told in line(config, write)]


def typed(config: DataplaneConfig, split: Split) -> list[str]:
    """A line per server, then one that reads back."""
    secret = login(config.auth)
    lines = [
        curl(
            config, "PUT", f"{config.running}/{write.server}",
            secret=secret, body={"weight": write.weight},
        )
        for write in _in_order(config, split)
    ]  # fmt: skip
    return [*lines, curl(config, "GET", config.running, secret=secret)]


def _in_order(config: DataplaneConfig, split: Split) -> list[Write]:
    """Safe from any state: the side that ends above 0 comes first, BLUE if GREEN ends at 0."""
    blues = [Write(name, split.blue) for name in config.blue]
    greens = [Write(name, split.green) for name in config.green]
    return greens + blues if split.green else blues + greens

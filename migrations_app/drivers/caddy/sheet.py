"""What a person types to set Caddy's weights without Warroom. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from migrations_app.drivers.caddy.handler import POLICY
from migrations_app.drivers.exact import each
from migrations_app.wire.curl import curl, quoted

if TYPE_CHECKING:
    from decimal import Decimal

    from migrations_app.drivers.caddy.config import CaddyConfig

_OTHER: Final = "STOP: Caddy lists its upstreams in another order. Give each its own weight."


def policy(config: CaddyConfig, weight: Decimal) -> dict[str, object]:
    """The policy where Caddy lists BLUE's upstreams, then GREEN's, and nothing else."""
    parts = each(weight, len(config.blue), len(config.green))
    weights = [parts.blue] * len(config.blue) + [parts.green] * len(config.green)
    return {"policy": POLICY, "weights": weights}


def typed(config: CaddyConfig, weight: Decimal) -> list[str]:
    """Weights count by position, so the first line writes only if the positions are as thought."""
    listed = curl(config, "GET", f"{config.path}/upstreams")
    change = curl(config, "PATCH", config.policy_path, body=policy(config, weight))
    ordered = ",".join(map(_listed, config.blue + config.green))
    same = quoted("^\\[" + ordered + "\\]$")
    return [
        f"if {listed} | grep -qE {same}; then {change}; else echo {quoted(_OTHER)}; fi",
        curl(config, "GET", config.policy_path),
    ]


def _listed(dial: str) -> str:
    return rf'\{{[^{{}}]*"dial":"{re.escape(dial)}"[^{{}}]*\}}'

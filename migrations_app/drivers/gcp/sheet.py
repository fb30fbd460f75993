"""What people see and type."""

from __future__ import annotations

import json
from shlex import quote
from typing import TYPE_CHECKING

from migrations_app.drivers.gcp.maps import policy
from migrations_app.wire.curl import curl

if TYPE_CHECKING:
    from decimal import Decimal

    from migrations_app.drivers.gcp.config import UrlMapConfig
    from migrations_app.drivers.scale import Parts

_LOGIN = "Authorization: Bearer $TOKEN"


def sheet(config: UrlMapConfig, made: str) -> list[str]:
    """One request with the fingerprint of what `jq` changed, then its read-back. No I/O."""
    key = "defaultRouteAction" if config.path_matcher is None else "pathMatchers"
    read = curl(config, "GET", config.path, secret=_LOGIN)
    write = curl(config, "PATCH", config.path, secret=_LOGIN, body=b"@-")
    sent = f"{made} | {{fingerprint, {key}}}"
    shown = f"{where(config)} | {{weightedBackendServices, requestMirrorPolicy}}"
    return [f"{read} | jq -c {quote(sent)} | {write}", f"{read} | jq -c {quote(shown)}"]


def weighed(config: UrlMapConfig, parts: Parts) -> str:
    weights = json.dumps({config.blue: parts.blue, config.green: parts.green})
    one = f'.weight = ({weights}[.backendService | split("/")[-1]] // .weight)'
    return f"({where(config)} | .weightedBackendServices[]) |= ({one})"


def mirroring(config: UrlMapConfig, percent: Decimal) -> str:
    return f"({where(config)} | .requestMirrorPolicy) = {json.dumps(policy(config, percent))}"


def where(config: UrlMapConfig) -> str:
    """The route action, for `jq`."""
    if config.path_matcher is None:
        return ".defaultRouteAction"
    matcher = f".pathMatchers[] | select(.name == {json.dumps(config.path_matcher)})"
    if config.priority is None:
        return f"{matcher} | .defaultRouteAction"
    return f"{matcher} | .routeRules[] | select(.priority == {config.priority}) | .routeAction"

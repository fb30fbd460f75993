"""Caddy: the weights of a `reverse_proxy` with weighted round robin, through its admin API.

Every write makes Caddy start its servers anew, and a few requests under load are lost in that:
measured, and said by `check`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.caddy.config import CaddyConfig
from migrations_app.drivers.caddy.node import CaddyNode
from migrations_app.drivers.fleet import Fleet

if TYPE_CHECKING:
    from pydantic import BaseModel


class CaddyDriver(Fleet):
    """A route whose sides are upstreams of a Caddy handler. See `CaddyConfig` for its keys."""

    kind: ClassVar[str] = "caddy"
    Config: ClassVar[type[BaseModel]] = CaddyConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, in_flight=True, finest_step="0.01"
    )
    verify_deadline: ClassVar[float] = 10.0
    read_interval: ClassVar[float] = 2.0
    tried: ClassVar[str] = "Caddy 2.11"

    def __init__(self, config: CaddyConfig) -> None:
        super().__init__([CaddyNode(one) for one in config.each()], config.timeout.total_seconds())

"""NGINX Plus: the weights of an upstream's servers through its REST API. Nothing is reloaded.

One request per server, raises before lowers; a side at 0 is `down` (or drains), as NGINX knows no
weight 0. There is no compare-and-set. Not tried against NGINX Plus itself, which is not to be had
freely: against a server that answers as its documentation says. Unverified: that `drain: false`
ends draining, and that `weight` and `down` may be sent together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.fleet import Fleet
from migrations_app.drivers.nginx.plus.config import PlusConfig
from migrations_app.drivers.nginx.plus.node import PlusNode

if TYPE_CHECKING:
    from pydantic import BaseModel


class PlusDriver(Fleet):
    """A route whose sides are servers of one upstream. See `PlusConfig` for its keys."""

    kind: ClassVar[str] = "nginx-plus"
    Config: ClassVar[type[BaseModel]] = PlusConfig
    capabilities: ClassVar[Capabilities] = Capabilities(in_flight=True, finest_step="0.01")
    verify_deadline: ClassVar[float] = 10.0
    read_interval: ClassVar[float] = 1.0
    tried: ClassVar[str] = "a server of ours that answers as the API's documentation says"

    def __init__(self, config: PlusConfig) -> None:
        super().__init__([PlusNode(one) for one in config.each()], config.timeout.total_seconds())

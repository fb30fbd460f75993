"""HAProxy's Data Plane API: weights of running servers, and with `persist` of the file as well.

Raises before lowers, one request per server, as in the driver `haproxy`. Without `persist` there is
no compare-and-set, as HAProxy keeps no version of what runs; with it the configuration file's
version is the token. Not tried against a Data Plane API itself: against a server that answers as
its source does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.fleet import Fleet
from migrations_app.drivers.haproxy.dataplane.config import DataplaneConfig
from migrations_app.drivers.haproxy.dataplane.node import DataplaneNode
from migrations_app.drivers.haproxy.weights import cannot

if TYPE_CHECKING:
    from decimal import Decimal

    from pydantic import BaseModel


class DataplaneDriver(Fleet):
    """A route whose sides are servers of a HAProxy backend. See `DataplaneConfig` for its keys."""

    kind: ClassVar[str] = "haproxy-dataplane"
    Config: ClassVar[type[BaseModel]] = DataplaneConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, in_flight=True, finest_step="0.5"
    )
    verify_deadline: ClassVar[float] = 5.0
    read_interval: ClassVar[float] = 2.0
    tried: ClassVar[str] = "a server of ours that answers as version 3.4 does"

    def __init__(self, config: DataplaneConfig) -> None:
        self._sides = config.sides
        nodes = [DataplaneNode(one) for one in config.each()]
        super().__init__(nodes, config.timeout.total_seconds())

    def cannot(self, weight: Decimal) -> str | None:
        """Why no server weights give this share, or None."""
        return cannot(weight, self._sides)

"""Envoy through its runtime: both weights of a route in one request, in force at once.

Envoy has no compare-and-set for its runtime, so there is no token. What is set is each process'
own and is gone when that process restarts: the defaults in its routes hold again.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode

from migrations_app.domain.errors import Permanent, SeamError
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.drivers.envoy.admin import admins, left_active
from migrations_app.drivers.envoy.check import of_runtime
from migrations_app.drivers.envoy.config import EnvoyConfig
from migrations_app.drivers.envoy.runtime import SCALE, keys_of
from migrations_app.drivers.nodes import everywhere
from migrations_app.drivers.standing import amount
from migrations_app.wire.curl import curl
from migrations_app.wire.deadline import Deadline

if TYPE_CHECKING:
    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.envoy.admin import Admin
    from migrations_app.drivers.envoy.runtime import Keys
    from migrations_app.drivers.standing import Standing

NOTHING, ALL = Decimal(0), Decimal(100)


class EnvoyDriver:
    """A route whose sides are clusters of Envoy. See `EnvoyConfig` for its keys."""

    kind: ClassVar[str] = "envoy"
    Config: ClassVar[type[BaseModel]] = EnvoyConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        mirror=True, in_flight=True, finest_step="0.01"
    )
    verify_deadline: ClassVar[float] = 2.0
    read_interval: ClassVar[float] = 1.0
    tried: ClassVar[str] = "Envoy 1.40"
    lag = 0.0

    def __init__(self, config: EnvoyConfig) -> None:
        self._config = config
        self._keys = keys_of(config)
        self._nodes = admins(config)

    def cannot(self, weight: Decimal) -> str | None:
        """Only what is no weight. No I/O."""
        return SCALE.cannot(weight)

    def observe(self) -> Observed:
        """GREEN's share by the runtime, or by the routes where it was never set, on every node."""
        deadline = Deadline(self._seconds)
        call = partial(_standing, self._keys)
        read = everywhere(self._nodes, self._seconds, call).complete()
        now = amount({node.address: standing for node, standing in read})
        return Observed(now.weight, None, now.detail, self._left(now.weight, deadline))

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Set both sides on every node, in one request each. The token is not looked at.

        On the way forward the routes are read first: what belongs to nobody is refused. The way
        back asks nothing.
        """
        del token
        call = partial(_set, self._keys, self._possible(weight))
        everywhere(self._nodes, self._seconds, call).settled()

    def preview(self, weight: Decimal) -> list[str]:
        """The request to each node, with what is there now."""
        call = partial(_now, self._keys)
        path = self._path(self._possible(weight))
        read = everywhere(self._nodes, self._seconds, call).complete()
        return [f"POST {node.address}{path} ({now})" for node, now in read]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """A `curl` line for each node, answered with OK, then one that reads back for each."""
        path = self._path(self._possible(weight))
        told = [curl(node.place, "POST", path, secret=node.login) for node in self._nodes]
        return told + [self._read_back(node) for node in self._nodes]

    def check(self) -> list[Finding]:
        """Per node: reachable, writable, the routes, both clusters, and what a restart gives."""
        call = partial(of_runtime, self._config, self._keys)
        told = everywhere(self._nodes, self._seconds, call).complete()
        return [finding for _, of_node in told for finding in of_node]

    def close(self) -> None:
        """Let go of every connection."""
        for node in self._nodes:
            node.close()

    @property
    def _seconds(self) -> float:
        return self._config.timeout.total_seconds()

    def _possible(self, weight: Decimal) -> Decimal:
        if why := self.cannot(weight):
            raise Permanent(why)
        return weight

    def _path(self, weight: Decimal) -> str:
        return f"/runtime_modify?{urlencode(self._keys.pairs(weight))}"

    def _read_back(self, node: Admin) -> str:
        asked = curl(node.place, "GET", "/runtime", secret=node.login)
        return f"{asked} | grep -A 6 -F {quote(self._keys.common)}"

    def _left(self, weight: Decimal, deadline: Deadline) -> int | None:
        sides = {NOTHING: self._config.green, ALL: self._config.blue}
        return left_active(self._nodes, sides[weight], deadline) if weight in sides else None


def _standing(keys: Keys, node: Admin, deadline: Deadline) -> Standing:
    values, routes = node.runtime(deadline), node.routes(deadline)
    try:
        return keys.standing(values, routes)
    except Permanent as error:
        raise Permanent(f"{node.address}: {error}") from error


def _set(keys: Keys, weight: Decimal, node: Admin, deadline: Deadline) -> None:
    if weight:
        _standing(keys, node, deadline)
    node.modify(keys.pairs(weight), deadline)


def _now(keys: Keys, node: Admin, deadline: Deadline) -> str:
    try:
        return f"now {_standing(keys, node, deadline).detail}"
    except SeamError as error:
        return f"now unknown: {error}"

"""HAProxy through its runtime API: weights of two sides of one backend, on one or more processes.

HAProxy has no compare-and-set, so there is no token; what keeps a stale write from lasting is
that somebody goes on reading back. Several processes are asked at once and all have to agree.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from migrations_app.domain.errors import Permanent, Transient
from migrations_app.drivers.base import Capabilities, Observed
from migrations_app.drivers.haproxy.check import findings
from migrations_app.drivers.haproxy.config import HAProxyConfig
from migrations_app.drivers.haproxy.sheet import changes, sheet
from migrations_app.drivers.haproxy.weights import Split, cannot, nearest
from migrations_app.drivers.nodes import everywhere, in_words
from migrations_app.drivers.share import combined

if TYPE_CHECKING:
    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.drivers.haproxy.node import Node
    from migrations_app.wire.deadline import Deadline

NOBODYS = Decimal("0.01")


class HAProxyDriver:
    """A route whose sides are servers of a HAProxy backend. See `HAProxyConfig` for its keys."""

    kind: ClassVar[str] = "haproxy"
    Config: ClassVar[type[BaseModel]] = HAProxyConfig
    capabilities: ClassVar[Capabilities] = Capabilities(in_flight=True, finest_step="0.5")
    verify_deadline: ClassVar[float] = 2.0
    read_interval: ClassVar[float] = 1.0
    tried: ClassVar[str] = "HAProxy 2.6 and 2.8"
    lag = 0.0

    def __init__(self, config: HAProxyConfig) -> None:
        self._config = config
        self._nodes = config.nodes()

    def cannot(self, weight: Decimal) -> str | None:
        """Why no server weights give this share, or None. No I/O."""
        return cannot(weight, self._config.sides)

    def observe(self) -> Observed:
        """GREEN's share of balanced requests by the weights, on every node.

        Where nodes disagree the weight is one that equals none asked for (`share.combined`).
        `Transient` while no server is up: nobody has a share then, and no flip is confirmed.
        """
        read = everywhere(self._nodes, self._config.timeout, serving).complete()
        told = {str(node.address): detail for node, (_, detail, _) in read}
        weights = [weight for _, (weight, _, _) in read]
        agree = len(set(weights)) == 1
        left = [left for _, (_, _, left) in read if left is not None]
        in_flight = sum(left) if agree and len(left) == len(read) else None
        return Observed(combined(weights), None, in_words(told, agree=agree), in_flight)

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Set both sides on every node, raising before lowering. The token is not looked at."""
        del token
        split = self._split(weight)
        call = partial(_apply, split)
        everywhere(self._nodes, self._config.timeout, call).settled()

    def preview(self, weight: Decimal) -> list[str]:
        """Every command `apply` would send, in order, with the weight that is there now."""
        call = partial(changes, self._split(weight))
        lines = everywhere(self._nodes, self._config.timeout, call).complete()
        return [line for _, of_node in lines for line in of_node]

    def manual_commands(self, weight: Decimal) -> list[str]:
        """`socat` lines, each answered with an empty line, then one read-back line per node."""
        return sheet(self._nodes, self._split(weight))

    def check(self) -> list[Finding]:
        """Per node: reachable, writable, algorithm, stickiness, every server, and reloads."""
        told = everywhere(self._nodes, self._config.timeout, findings).complete()
        return [finding for _, of_node in told for finding in of_node]

    def close(self) -> None:
        """Nothing to let go of: every command has a connection of its own."""

    def _split(self, weight: Decimal) -> Split:
        if why := self.cannot(weight):
            raise Permanent(why)
        return nearest(weight, self._config.sides)


def serving(node: Node, deadline: Deadline) -> tuple[Decimal, str, int | None]:
    """GREEN's weight on one node, the detail to it, and what is still under way on the side that
    was left; `Transient` if no server is up.

    Where every weight is 0 there is no share either, but whoever wants one can write it: so that
    is read as `NOBODYS`, which equals no weight asked for and calls for a write.
    """
    now = node.read(deadline)
    if now.weight is None:
        return NOBODYS, f"{now}: every server weighs 0, so clients get 503", None
    if not now.serves:
        raise Transient(
            f"{node.address}, backend {node.backend}: no server takes requests ({now}), so clients "
            "get 503. Roll back if BLUE is well; otherwise bring a server up."
        )
    return now.weight, str(now), node.left(now, deadline)


def _apply(split: Split, node: Node, deadline: Deadline) -> None:
    node.apply(split, deadline)

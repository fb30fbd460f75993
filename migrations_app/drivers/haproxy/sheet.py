"""What people see and type: the change about to be made, and the same without Warroom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.errors import SeamError
from migrations_app.drivers.haproxy.node import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.drivers.haproxy.node import Node, Write
    from migrations_app.drivers.haproxy.weights import Split
    from migrations_app.wire.deadline import Deadline


def changes(split: Split, node: Node, deadline: Deadline) -> list[str]:
    """Every command as it would be sent to one node now, and from which weight."""
    try:
        writes = in_order(node.read(deadline), split)
    except SeamError as error:
        unread = [_line(node, write, "now unknown") for write in node.blind(split)]
        return [*unread, f"{node.address} can't be read: {error}"]
    return [_line(node, write, f"now {write.was}") for write in writes]


def sheet(nodes: Sequence[Node], split: Split) -> list[str]:
    """Shell lines for every node, then those that read back. No I/O: it is printed beforehand."""
    sets = [_typed(node, line) for node in nodes for line in _by_side(node, split)]
    return sets + [_typed(node, node.read_command) for node in nodes]


def _line(node: Node, write: Write, now: str) -> str:
    return f"{node.address}: {node.write_command(write)} ({now})"


def _by_side(node: Node, split: Split) -> list[str]:
    """One line per side, in the order that is safe from any state."""
    writes = node.blind(split)
    first = len(node.greens) if split.green else len(node.blues)
    return [_joined(node, writes[:first]), _joined(node, writes[first:])]


def _joined(node: Node, writes: Sequence[Write]) -> str:
    return "; ".join(node.write_command(write) for write in writes)


def _typed(node: Node, line: str) -> str:
    return f'echo "{line}" | socat - {node.address.socat}'

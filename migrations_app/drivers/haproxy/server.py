"""What a doctor says about one server of the route."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.finding import Finding
from migrations_app.drivers.haproxy.state import ENABLED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from migrations_app.drivers.haproxy.node import Node
    from migrations_app.drivers.haproxy.state import Rows, Server


def label(node: Node, what: str) -> str:
    """What a finding is about, told apart from the same thing on another node."""
    return f"{what} at {node.address}"


def finding_of(node: Node, server: Server, rows: Rows) -> Finding:
    """The gravest thing about it, or that it is well."""
    name = f"{node.backend}/{server.name}"
    row = next(row for row in rows if row["svname"] == server.name)
    trouble = _out_of_service(name, server, row) or _unsteady(name, server, row)
    return Finding(
        ok=trouble is None,
        what=label(node, f"server {name}"),
        sentence=f"server {name} {trouble or _well(server)}",
    )


def _out_of_service(name: str, server: Server, row: Mapping[str, str]) -> str | None:
    if server.trouble == "DOWN":
        why = ": ".join(filter(None, (row["check_desc"], row["last_chk"])))
        return (
            f"is DOWN{f' ({why})' if why else ''}: traffic sent to it would get 503. "
            "Start it, or mend its health check."
        )
    if server.trouble in {"in maintenance", "draining"}:
        return (
            f"is {server.trouble}: it takes no new traffic, whatever its weight. When it is meant "
            f"to serve: set server {name} state ready"
        )
    return None


def _unsteady(name: str, server: Server, row: Mapping[str, str]) -> str | None:
    if row["bck"] == "1":
        return (
            "is a backup server: it takes nothing while another is up, whatever its weight. "
            "Take `backup` off its line."
        )
    if server.agent_check & ENABLED:
        return (
            "has an agent check, which may change its weight at any time. "
            f"Turn it off while the run lasts: disable agent {name}"
        )
    return None


def _well(server: Server) -> str:
    told = "is in slow start" if server.trouble else "is up"
    if not server.health_check & ENABLED:
        told += ", without a health check: HAProxy would not notice if it died"
    return f"{told}. Weight {server.weight}, {server.initial} in the configuration."

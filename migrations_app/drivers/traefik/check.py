"""What can be seen from outside that would keep a flip or a rollback from doing what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from migrations_app.domain.errors import SeamError
from migrations_app.domain.finding import Finding
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.traefik.config import TraefikConfig
    from migrations_app.drivers.traefik.layout import Layout
    from migrations_app.drivers.traefik.node import TraefikNode
    from migrations_app.wire.deadline import Deadline


def findings(
    config: TraefikConfig, layout: Layout, node: TraefikNode, deadline: Deadline
) -> list[Finding]:
    """Everything about one process, up to the first question it does not answer."""
    found: list[Finding] = []
    try:
        found.extend(_look(config, layout, node, deadline))
    except SeamError as error:
        found.append(Finding(ok=False, what=node.address, sentence=str(error)))
    return found


def _look(
    config: TraefikConfig, layout: Layout, node: TraefikNode, deadline: Deadline
) -> Iterator[Finding]:
    version = node.ask("/api/version", deadline).get("Version", "?")
    yield Finding(ok=True, what=node.address, sentence=f"Traefik {version} answers.")
    yield from protection(node.place, "where the traffic is")
    name = f"{config.service}@{config.provider}"
    told = node.service(name, deadline)
    yield _used(node, name, told)
    yield _sticky(config, node, told)
    for side in (config.blue, config.green):
        yield _alive(node, side if "@" in side else f"{side}@{config.provider}", deadline)
    detail = layout.standing(name, told).detail
    yield Finding(ok=True, what=f"service {name} at {node.address}", sentence=f"Now {detail}.")


def _used(node: TraefikNode, name: str, told: dict[str, Any]) -> Finding:
    routers = told.get("usedBy") or []
    sentence = f"{name} is used by {', '.join(map(str, routers))}."
    if not routers:
        sentence = f"No router uses {name}, so it carries no traffic. Point one at it."
    return Finding(ok=bool(routers), what=f"routers at {node.address}", sentence=sentence)


def _sticky(config: TraefikConfig, node: TraefikNode, told: dict[str, Any]) -> Finding:
    what = f"stickiness at {node.address}"
    if not (told.get("weighted") or {}).get("sticky"):
        sentence = f"{config.service} keeps no client on a side."
        return Finding(ok=True, what=what, sentence=sentence)
    sentence = (
        f"{config.service} keeps clients on their side by a cookie: going forward, shares follow "
        "the weights slowly. A side of weight 0 is left at once, cookie or not."
    )
    return Finding(ok=True, what=what, sentence=sentence)


def _alive(node: TraefikNode, name: str, deadline: Deadline) -> Finding:
    """Whether a side is there, and has a server that Traefik takes for well."""
    what = f"service {name} at {node.address}"
    try:
        told = node.service(name, deadline)
    except SeamError as error:
        return Finding(ok=False, what=what, sentence=str(error))
    states = list((told.get("serverStatus") or {}).values())
    up = states.count("UP")
    if "loadBalancer" in told and not up:
        sentence = f"Service {name} has no server that is up, of {len(states)}: clients get 503."
        return Finding(ok=False, what=what, sentence=sentence)
    checked = "healthCheck" in (told.get("loadBalancer") or {})
    noticed = "" if checked else " Without a health check Traefik takes every server for well."
    sentence = f"Service {name} has {up} servers up of {len(states)}.{noticed}"
    return Finding(ok=True, what=what, sentence=sentence)

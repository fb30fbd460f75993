"""What can be seen from outside that would keep a flip or a rollback from doing what it says."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from migrations_app.domain.errors import SeamError
from migrations_app.domain.finding import Finding
from migrations_app.drivers.envoy.routes import matches, splits, wholes
from migrations_app.drivers.share import plain
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from migrations_app.drivers.envoy.admin import Admin
    from migrations_app.drivers.envoy.config import AdminConfig, EnvoyConfig, EnvoyFileConfig
    from migrations_app.drivers.envoy.runtime import Keys
    from migrations_app.drivers.standing import Standing
    from migrations_app.wire.deadline import Deadline

REFUSED = r"^http\..*\.rds\..*\.update_(rejected|failure)$"
LAYERS = "bootstrap.layered_runtime"


class Running(Protocol):
    """Whoever knows what one process has in force."""

    def running(self, node: Admin, deadline: Deadline) -> Standing: ...


def of_runtime(config: EnvoyConfig, keys: Keys, node: Admin, deadline: Deadline) -> list[Finding]:
    """Everything about one node of a route in the runtime, up to the first question it does not
    answer."""
    return up_to_an_error(node, _runtime(config, keys, node, deadline))


def of_file(
    config: EnvoyFileConfig, running: Running, node: Admin, deadline: Deadline
) -> list[Finding]:
    """The same for a route in a file."""
    return up_to_an_error(node, _file(config, running, node, deadline))


def up_to_an_error(node: Admin, findings: Iterable[Finding]) -> list[Finding]:
    """All of them, and the error that ended them."""
    found: list[Finding] = []
    try:
        found.extend(findings)
    except SeamError as error:
        found.append(Finding(ok=False, what=node.address, sentence=str(error)))
    return found


def _runtime(config: EnvoyConfig, keys: Keys, node: Admin, deadline: Deadline) -> Iterator[Finding]:
    yield from about_admin(node, deadline)
    yield _writable(node, node.ask("/config_dump", deadline, mask=LAYERS))
    routes = node.routes(deadline)
    values = node.runtime(deadline)
    yield from about_clusters(config, node, deadline)
    yield from _sticky(config, node, routes)
    yield from _remainder(config, node, routes)
    yield _default(keys, node, routes)
    now = keys.standing(values, routes).detail
    yield Finding(ok=True, what=f"route at {node.address}", sentence=f"Now {now}.")


def _file(
    config: EnvoyFileConfig, running: Running, node: Admin, deadline: Deadline
) -> Iterator[Finding]:
    yield from about_admin(node, deadline)
    yield from about_clusters(config, node, deadline)
    yield _taken_up(node, deadline)
    now = running.running(node, deadline).detail
    yield Finding(ok=True, what=f"route at {node.address}", sentence=f"Now {now}.")


def _taken_up(node: Admin, deadline: Deadline) -> Finding:
    """Whether it has refused files since it was started: counters tell no more."""
    told = node.ask("/stats", deadline, filter=REFUSED, format="json")
    refused = sum(int(one.get("value", 0)) for one in told.get("stats") or [])
    sentence = "Envoy has taken every route file so far."
    if refused:
        sentence = (
            f"Envoy has refused {refused} route files since it was started. Its log says why; as "
            "long as it and the file agree, that is over."
        )
    return Finding(ok=True, what=f"updates at {node.address}", sentence=sentence)


def about_admin(node: Admin, deadline: Deadline) -> Iterator[Finding]:
    """Whether it answers, and who else may use it."""
    told = node.ask("/server_info", deadline)
    version = str(told.get("version", "?/?")).split("/")
    state = str(told.get("state"))
    sentence = f"Envoy {version[1] if len(version) > 1 else '?'} answers; it is {state}."
    yield Finding(ok=state == "LIVE", what=node.address, sentence=sentence)
    yield from protection(node.place, "where the traffic is")
    if node.auth is None and node.place.client_cert is None and not _local(node.address):
        sentence = (
            f"The admin interface at {node.address} asks nobody who they are: whoever reaches it "
            "may move the traffic or end Envoy. Bind it to loopback, or put mutual TLS before it."
        )
        yield Finding(ok=False, what=f"admin {node.address}", sentence=sentence)


def about_clusters(config: AdminConfig, node: Admin, deadline: Deadline) -> Iterator[Finding]:
    """Both clusters exist and have hosts that take requests."""
    told = node.ask("/clusters", deadline, format="json")
    known = {str(one.get("name")): one for one in told.get("cluster_statuses") or []}
    for name in (config.blue, config.green):
        ok, sentence = _hosts(known[name]) if name in known else (False, "is not there. Add it.")
        what = f"cluster {name} at {node.address}"
        yield Finding(ok=ok, what=what, sentence=f"Cluster {name} {sentence}")


def _hosts(cluster: dict[str, Any]) -> tuple[bool, str]:
    hosts = cluster.get("host_statuses") or []
    well = [host for host in hosts if _well(host.get("health_status") or {})]
    if not well:
        return False, f"has {len(hosts)} hosts and none is healthy: its requests would get 503."
    return True, f"has {len(well)} healthy hosts of {len(hosts)}."


def _well(health: dict[str, Any]) -> bool:
    """Flags that begin with `failed_` are there only when they are true."""
    failed = any(key.startswith("failed_") for key, value in health.items() if value)
    return not failed and health.get("eds_health_status", "HEALTHY") in {"HEALTHY", "UNKNOWN"}


def _writable(node: Admin, told: Any) -> Finding:
    layers = [
        layer
        for one in told.get("configs") or []
        for layer in one.get("bootstrap", {}).get("layered_runtime", {}).get("layers", [])
    ]
    at = next((n for n, layer in enumerate(layers) if "admin_layer" in layer), None)
    above = [str(layer.get("name")) for layer in layers[at + 1 :]] if at is not None else []
    sentence = "Runtime keys may be set here."
    if at is None:
        sentence = (
            "The bootstrap has no admin layer, so nothing can be set. Add "
            "`layered_runtime: {layers: [{name: admin, admin_layer: {}}]}`."
        )
    elif above:
        sentence = (
            f"The runtime layer {' and '.join(above)} stands above the admin layer and may hide "
            "what is set. Make the admin layer the last."
        )
    ok = at is not None and not above
    return Finding(ok=ok, what=f"runtime at {node.address}", sentence=sentence)


def _sticky(config: EnvoyConfig, node: Admin, routes: Any) -> Iterator[Finding]:
    for split in splits(routes):
        if split.sticky and split.prefix == config.runtime_key_prefix:
            sentence = (
                f"{split.where} chooses by a hash or a header and not by lot: a client keeps its "
                "side while the weights stand, and shares are of clients."
            )
            yield Finding(ok=True, what=f"stickiness at {node.address}", sentence=sentence)


def _remainder(config: EnvoyConfig, node: Admin, routes: Any) -> Iterator[Finding]:
    """Where a fraction goes to GREEN, what is left has to go to BLUE."""
    places = {part.where for part in matches(routes) if part.key == config.runtime_key}
    for place in sorted(places):
        rest = [clusters for where, clusters in wholes(routes) if where == place]
        ok = (config.blue,) in rest
        sentence = f"What GREEN does not get in {place} goes to {config.blue}."
        if not ok:
            sentence = (
                f"No route in {place} takes what GREEN does not get to {config.blue}: going back "
                "would not reach it. Correct `blue`, or add the route after GREEN's."
            )
        yield Finding(ok=ok, what=f"remainder at {node.address}", sentence=sentence)


def _default(keys: Keys, node: Admin, routes: Any) -> Finding:
    """What would hold with no key set, as after a restart."""
    now = keys.standing({}, routes)
    what = f"restart of {node.address}"
    if now.weight == 0:
        sentence = "A restart of Envoy forgets what was set and puts GREEN back to 0 %."
        return Finding(ok=True, what=what, sentence=sentence)
    sentence = (
        f"A restart of Envoy forgets what was set and would give GREEN {plain(now.weight)} % at "
        "once, by its route configuration. Write 0 for GREEN there."
    )
    return Finding(ok=False, what=what, sentence=sentence)


def _local(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return re.fullmatch(r"localhost|127(\.\d+){3}|::1", host) is not None

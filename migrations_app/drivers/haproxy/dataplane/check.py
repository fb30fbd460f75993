"""What can be seen through the Data Plane API that would keep a flip from doing what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from migrations_app.domain.finding import Finding
from migrations_app.wire.place import protection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from migrations_app.drivers.haproxy.dataplane.config import DataplaneConfig
    from migrations_app.drivers.haproxy.dataplane.plane import Plane
    from migrations_app.drivers.haproxy.state import Balance
    from migrations_app.wire.deadline import Deadline

_STATIC: Final = frozenset(
    {"static-rr", "first", "source", "uri", "url_param", "hdr", "rdp-cookie"}
)


def findings(config: DataplaneConfig, plane: Plane, deadline: Deadline) -> Iterator[Finding]:
    """Everything, up to the first question that has no answer."""
    yield from protection(config, "the weights")
    yield from _look(config, plane, deadline)


def _look(config: DataplaneConfig, plane: Plane, deadline: Deadline) -> Iterator[Finding]:
    now = plane.servers(deadline)
    told = f"It answers for backend {config.backend}: {now}."
    yield Finding(ok=True, what=f"Data Plane API at {config.host}", sentence=told)
    yield from _servers(now)
    backend = plane.backend(deadline)
    yield _algorithm(config, backend)
    yield from _sticky(config, backend)
    yield _reload(config)


def _servers(now: Balance) -> Iterator[Finding]:
    for server in now.servers:
        told = f"is {server.trouble}: it takes no new traffic." if server.trouble else "is up."
        what = f"server {server.name}"
        yield Finding(ok=not server.trouble, what=what, sentence=f"{server.name} {told}")
    for server in now.strangers:
        if server.serves:
            told = (
                f"{server.name} has a weight and is neither BLUE nor GREEN: unless it is a backup, "
                "shares are not what they say. Name it in `blue` or `green`, or take it out."
            )
            yield Finding(ok=False, what=f"server {server.name}", sentence=told)


def _algorithm(config: DataplaneConfig, backend: Mapping[str, Any]) -> Finding:
    name = str((backend.get("balance") or {}).get("algorithm") or "roundrobin")
    told = f"Backend {config.backend} balances by `{name}`"
    if name not in _STATIC:
        return Finding(ok=True, what=f"balance of {config.backend}", sentence=f"{told}.")
    sentence = f"{told}, which takes no weight but 0 and the first one. Use roundrobin."
    return Finding(ok=False, what=f"balance of {config.backend}", sentence=sentence)


def _sticky(config: DataplaneConfig, backend: Mapping[str, Any]) -> Iterator[Finding]:
    if backend.get("cookie"):
        told = (
            f"Backend {config.backend} keeps clients on their server by a cookie: after a rollback "
            "those GREEN has served stay on GREEN until they are moved by `admin_state: maint`."
        )
        yield Finding(ok=False, what=f"stickiness of {config.backend}", sentence=told)


def _reload(config: DataplaneConfig) -> Finding:
    told = "Weights are written into HAProxy's file too, so a reload keeps them."
    if not config.persist:
        told = (
            "A reload of HAProxy, by whoever uses this API for anything else, puts the weights of "
            "its file back: set `persist: true`, or have GREEN at weight 0 there."
        )
    return Finding(ok=True, what="reload", sentence=told)

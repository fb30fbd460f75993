"""Watching, as today's controllers do it: a stream of everything there is, then of changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import re
    import threading
    from collections.abc import Iterator

    from tests.fakes.kube_store import Store

LOOK_S = 0.02
# What Traefik watches. A client decodes by these names, bookmarks too.
KINDS = {
    "ingressroutes": "IngressRoute",
    "ingressroutetcps": "IngressRouteTCP",
    "ingressrouteudps": "IngressRouteUDP",
    "middlewares": "Middleware",
    "middlewaretcps": "MiddlewareTCP",
    "serverstransports": "ServersTransport",
    "serverstransporttcps": "ServersTransportTCP",
    "tlsoptions": "TLSOption",
    "tlsstores": "TLSStore",
    "traefikservices": "TraefikService",
    "configmaps": "ConfigMap",
    "endpointslices": "EndpointSlice",
    "secrets": "Secret",
    "services": "Service",
}


def events(store: Store, path: re.Match[str], over: threading.Event) -> Iterator[Any]:
    """Of one kind in one namespace, until `over`."""
    group, version, plural = path["group"] or "", path["version"], path["plural"]
    api = {"apiVersion": f"{group}/{version}" if group else version, "kind": KINDS[plural]}
    told, last = "ADDED", 0
    while not over.is_set():
        for obj in store.list(group, plural, path["namespace"]):
            number = int(obj["metadata"]["resourceVersion"])
            if number > last:
                last = number
                yield {"type": told, "object": obj | api}
        if told == "ADDED":
            told = "MODIFIED"
            yield {"type": "BOOKMARK", "object": api | {"metadata": _end(last)}}
        over.wait(LOOK_S)


def _end(version: int) -> dict[str, Any]:
    """Marks where what was there ends and what happens begins."""
    marks = {"k8s.io/initial-events-end": "true"}
    return {"resourceVersion": str(version or 1), "annotations": marks}

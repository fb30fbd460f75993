"""Which pods are ready, and which of them a Service really sends to. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.drivers.kube.api import dig, objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from migrations_app.drivers.kube.api import Obj


def selector(labels: Mapping[str, str]) -> str:
    """Labels as a list is filtered by."""
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items()))


def named(pods: Iterable[Obj]) -> set[str]:
    return {str(dig(pod, "metadata", "name")) for pod in pods}


def is_ready(pod: Obj) -> bool:
    """Ready, and not about to end."""
    if dig(pod, "metadata", "deletionTimestamp"):
        return False
    conditions = objects(pod, "status", "conditions")
    return any(one.get("type") == "Ready" and one.get("status") == "True" for one in conditions)


def endpoints(slices: Iterable[Obj]) -> set[str]:
    """Names of the pods behind ready endpoints. An endpoint that does not say is ready."""
    every = (one for found in slices for one in objects(found, "endpoints"))
    ready = (one for one in every if dig(one, "conditions", "ready") is not False)
    return {str(dig(one, "targetRef", "name") or dig(one, "addresses", 0)) for one in ready}

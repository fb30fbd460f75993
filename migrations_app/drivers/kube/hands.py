"""Who else writes to an object, as far as it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.finding import Finding
from migrations_app.drivers.kube.api import dig, objects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.drivers.kube.thing import Thing

_TRACKED = "argocd.argoproj.io/tracking-id"
_INSTANCE = "argocd.argoproj.io/instance"
_FLUX = ("kustomize.toolkit.fluxcd.io/name", "helm.toolkit.fluxcd.io/name")


def other_hands(thing: Thing, obj: Obj) -> Iterator[Finding]:
    """A finding for each that would undo what we write."""
    for said in (_argo_cd(obj), _flux(obj), _owner(obj)):
        if said:
            yield Finding(ok=False, what=f"hands on {thing}", sentence=f"{thing}: {said}")


def managers(obj: Obj) -> set[str]:
    """Everybody who ever set a field of it, by the API server's own account."""
    return {str(one.get("manager")) for one in objects(obj, "metadata", "managedFields")}


def argo_application(obj: Obj) -> str:
    """The Argo CD application that an object belongs to, as far as its name shows; else empty."""
    tracked = dig(obj, "metadata", "annotations", _TRACKED)
    if isinstance(tracked, str):
        return tracked.partition(":")[0]
    return str(dig(obj, "metadata", "labels", _INSTANCE) or "")


def _argo_cd(obj: Obj) -> str:
    name = argo_application(obj)
    if not name and not any(one.startswith("argocd") for one in managers(obj)):
        return ""
    named = f'application "{name}"' if name else "an application whose name does not show here"
    return (
        f"Argo CD manages it ({named}). With self-heal on it puts back within seconds what we "
        "write. Freeze the application in an earlier phase (driver argocd), or have it ignore the "
        "weights (ignoreDifferences with RespectIgnoreDifferences)."
    )


def _flux(obj: Obj) -> str:
    if any(dig(obj, "metadata", "labels", label) for label in _FLUX):
        return (
            "Flux manages it and puts back what we write at its next reconciliation. Suspend it "
            "for the run (`flux suspend`)."
        )
    return ""


def _owner(obj: Obj) -> str:
    """Controllers that move weights themselves."""
    for owner in objects(obj, "metadata", "ownerReferences"):
        if owner.get("controller"):
            return (
                f"{owner.get('kind')} {owner.get('name')} controls it and overwrites what we "
                "write. Drive that instead."
            )
    if "rollouts-controller" in managers(obj):
        return "an Argo Rollout moves its weights and overwrites ours. Use driver argo-rollouts."
    return ""

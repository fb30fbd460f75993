"""A Service, a Rollout and an Application."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from tests.drivers.kube_kind import Kind
from tests.fakes.kube_controllers import Endpoints, Rollouts
from tests.fakes.kube_store import Key

Obj = dict[str, Any]

SERVICE = Key("", "services", "prod", "shop")
SLICE = Key("discovery.k8s.io", "endpointslices", "prod", "shop-1")


def pod(name: str, version: str, *, ready: bool = True) -> tuple[Key, Obj]:
    labels = {"app": "shop", "version": version}
    condition = {"type": "Ready", "status": "True" if ready else "False"}
    body = {"metadata": {"labels": labels}, "status": {"conditions": [condition]}}
    return Key("", "pods", "prod", name), body


def selected(obj: Obj) -> Decimal:
    return {"v1": Decimal(0), "v2": Decimal(100)}[obj["spec"]["selector"]["version"]]


def pointed(obj: Obj, weight: Decimal) -> Obj:
    obj["spec"]["selector"]["version"] = "v2" if weight else "v1"
    return obj


K8S_SERVICE = Kind(
    "k8s-service", SERVICE, "v1",
    {"kind": "Service", "spec": {"selector": {"app": "shop", "version": "v1"}}},
    {"service": "shop", "key": "version", "blue": "v1", "green": "v2"},
    selected, pointed, controllers=[Endpoints()],
    others=dict([
        (SLICE, {"metadata": {"labels": {"kubernetes.io/service-name": "shop"}}, "endpoints": []}),
        pod("blue-1", "v1"), pod("blue-2", "v1"), pod("green-1", "v2"),
    ]),
)  # fmt: skip

ROLLOUT = Key("argoproj.io", "rollouts", "prod", "shop")
IMAGE = "registry.example/shop:2.0"


def rollout(*weights: int) -> Obj:
    """Resting before the first step."""
    steps: list[Obj] = [{"pause": {}}]
    for weight in weights:
        steps += [{"setWeight": weight}, {"pause": {}}]
    canary: Obj = {"trafficRouting": {"nginx": {}}, "steps": steps}
    container = {"name": "shop", "image": IMAGE}
    template = {"spec": {"containers": [container]}}
    return {
        "kind": "Rollout",
        "metadata": {"managedFields": [{"manager": "rollouts-controller"}]},
        "spec": {"strategy": {"canary": canary}, "template": template},
        "status": {"stableRS": "blue", "currentPodHash": "green", "currentStepIndex": 0},
    }


def canary(obj: Obj) -> Decimal:
    return Decimal(obj["status"]["canary"]["weights"]["canary"]["weight"])


def skipped(obj: Obj, weight: Decimal) -> Obj:
    """What `kubectl argo rollouts` does: to the last rest, or abort."""
    status = obj["status"]
    if not weight:
        return obj | {"status": status | {"abort": True}}
    fresh = {"pauseConditions": [], "controllerPause": False, "abort": False}
    steps = obj["spec"]["strategy"]["canary"]["steps"]
    return obj | {"status": status | fresh | {"currentStepIndex": len(steps) - 2}}


ARGO_ROLLOUTS = Kind(
    "argo-rollouts", ROLLOUT, "v1alpha1", rollout(100),
    {"rollout": "shop", "green": IMAGE, "steps": [100]},
    canary, skipped, controllers=[Rollouts()], status=True,
)  # fmt: skip

APPLICATION = Key("argoproj.io", "applications", "prod", "shop")
AUTOMATED = {"prune": True, "selfHeal": True}
KEPT = "warroom/automated-sync-was"


def frozen(obj: Obj) -> Decimal:
    off = "automated" not in obj["spec"]["syncPolicy"]
    assert off == (KEPT in obj["metadata"].get("annotations", {}))
    assert off or obj["spec"]["syncPolicy"]["automated"] == AUTOMATED
    return Decimal(100 if off else 0)


def froze(obj: Obj, weight: Decimal) -> Obj:
    """As another Warroom would."""
    policy, notes = dict(obj["spec"]["syncPolicy"]), dict(obj["metadata"].get("annotations", {}))
    if weight:
        policy.pop("automated", None)
        notes[KEPT] = json.dumps(AUTOMATED)
    else:
        policy["automated"] = AUTOMATED
        notes.pop(KEPT, None)
    obj["spec"]["syncPolicy"], obj["metadata"]["annotations"] = policy, notes
    return obj


ARGO_CD = Kind(
    "argocd", APPLICATION, "v1alpha1",
    {
        "kind": "Application",
        "metadata": {"managedFields": [{"manager": "argocd-controller"}]},
        "spec": {"syncPolicy": {"automated": AUTOMATED, "syncOptions": ["CreateNamespace=true"]}},
    },
    {"application": "shop"}, frozen, froze,
)  # fmt: skip

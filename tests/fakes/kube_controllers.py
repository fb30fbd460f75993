"""Controllers in small: what writes the statuses that drivers wait for. Run after each change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fakes.kube_store import Key, Store

    Obj = dict[str, Any]

WHEN = "2026-01-01T00:00:00Z"


@dataclass
class Gateway:
    """Takes every HTTPRoute at once. `asleep`: not at all. `telling`: whether it says which
    generation it speaks of (Linkerd does not). `missing`: Services that are not there."""

    name: str = "example.com/gateway"
    asleep: bool = False
    telling: bool = True
    refuses: bool = False
    missing: set[str] = field(default_factory=set)

    def __call__(self, store: Store, key: Key) -> None:
        if key.plural == "httproutes" and not self.asleep:
            store.settle(key, self._settled)

    def _settled(self, obj: Obj) -> Obj:
        refs = obj["spec"].get("parentRefs", [])
        return obj | {"status": {"parents": [self._parent(obj, ref) for ref in refs]}}

    def _parent(self, obj: Obj, ref: Obj) -> Obj:
        backends = [one for rule in obj["spec"]["rules"] for one in rule.get("backendRefs", [])]
        lost = sorted(one["name"] for one in backends if one["name"] in self.missing)
        accepted = self._condition(obj, "Accepted", "NotAllowedByListeners" * self.refuses)
        resolved = self._condition(obj, "ResolvedRefs", "BackendNotFound" * bool(lost))
        resolved["message"] = ", ".join(lost)
        return {"parentRef": ref, "controllerName": self.name, "conditions": [accepted, resolved]}

    def _condition(self, obj: Obj, kind: str, wrong: str) -> Obj:
        told = {"observedGeneration": obj["metadata"]["generation"]} if self.telling else {}
        return {
            "type": kind, "status": "False" if wrong else "True", "reason": wrong or kind,
            "message": "", "lastTransitionTime": WHEN, **told,
        }  # fmt: skip


@dataclass
class Endpoints:
    """Keeps the one EndpointSlice of each Service: the ready pods that it selects."""

    asleep: bool = False

    def __call__(self, store: Store, key: Key) -> None:
        if key.plural == "services" and not self.asleep:
            selector = store.get(key)["spec"]["selector"]
            pods = [one for one in store.list("", "pods", key.namespace) if chosen(one, selector)]
            found = key._replace(
                group="discovery.k8s.io", plural="endpointslices", name=f"{key.name}-1"
            )
            store.settle(found, lambda obj: obj | {"endpoints": [endpoint(one) for one in pods]})


def chosen(pod: Obj, selector: Obj) -> bool:
    return bool(selector.items() <= pod["metadata"].get("labels", {}).items())


def endpoint(pod: Obj) -> Obj:
    ready = pod["status"]["conditions"][0]["status"] == "True"
    name = pod["metadata"]["name"]
    return {"conditions": {"ready": ready}, "targetRef": {"kind": "Pod", "name": name}}


@dataclass
class Rollouts:
    """Goes through the steps as Argo's controller does: on to the next pause, back on abort.

    A pause is passed when it was set by the controller and somebody took its condition away.
    """

    asleep: bool = False

    def __call__(self, store: Store, key: Key) -> None:
        if key.plural == "rollouts" and not self.asleep:
            store.settle(key, self._settled)

    def _settled(self, obj: Obj) -> Obj:
        status = dict(obj["status"]) | {"observedGeneration": str(obj["metadata"]["generation"])}
        steps = obj["spec"]["strategy"].get("canary", {}).get("steps", [])
        if status["stableRS"] == status["currentPodHash"] or not steps:
            return obj | {"status": status}
        if status.get("abort"):
            return obj | {"status": {**resting(status), **weighing(0), "currentStepIndex": 0,
                                     "phase": "Degraded"}}  # fmt: skip
        while not obj["spec"].get("paused") and status["currentStepIndex"] < len(steps):
            if self._stays(status, steps[status["currentStepIndex"]]):
                return obj | {"status": status}
            status["currentStepIndex"] += 1
        if status["currentStepIndex"] == len(steps):
            status |= {"stableRS": status["currentPodHash"], "phase": "Healthy", **weighing(0)}
        return obj | {"status": status}

    def _stays(self, status: Obj, step: Obj) -> bool:
        """Do one step; whether it is a pause to stay at."""
        if "pause" not in step:
            status |= weighing(step.get("setWeight", 0)) | {"phase": "Progressing"}
            return False
        status.setdefault("canary", weighing(0)["canary"])
        if status.get("pauseConditions"):
            return True
        if status.get("controllerPause"):
            status["controllerPause"] = False
            return False
        status |= {"controllerPause": True, "phase": "Paused"}
        status["pauseConditions"] = [{"reason": "CanaryPauseStep", "startTime": WHEN}]
        return True


def resting(status: Obj) -> Obj:
    """Without any pause."""
    return {k: v for k, v in status.items() if k not in {"pauseConditions", "controllerPause"}}


def weighing(canary: int) -> Obj:
    weights = {"canary": {"weight": canary}, "stable": {"weight": 100 - canary}}
    return {"canary": {"weights": weights}}

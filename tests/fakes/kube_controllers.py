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

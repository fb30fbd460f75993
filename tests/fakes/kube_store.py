"""What an API server keeps: objects, their versions, and what it takes for a change."""

from __future__ import annotations

import json
import threading
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.fakes.kube_rules import denied
from tests.fakes.kube_schema import schema

if TYPE_CHECKING:
    from collections.abc import Callable

    Obj = dict[str, Any]
    Change = Callable[[Obj], Obj]


class Key(NamedTuple):
    """Which object. `group` is empty for the core."""

    group: str
    plural: str
    namespace: str
    name: str

    @property
    def kind(self) -> str:
        """`rollouts.argoproj.io`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


class Refused(Exception):
    """What the server answers instead of 200."""

    def __init__(self, status: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.status, self.reason = status, reason


@dataclass
class Store:
    """Thread-safe. `controllers` are run after each change; `dropped`: fields pruned so far."""

    controllers: list[Callable[[Store, Key], None]] = field(default_factory=list)
    dropped: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self._objects: dict[Key, Obj] = {}
        self._version = 1000

    def create(self, key: Key, version: str, body: Obj) -> None:
        """An object as somebody else made it."""
        api = f"{key.group}/{version}" if key.group else version
        named = {"name": key.name, "namespace": key.namespace, **body.get("metadata", {})}
        meta = {"uid": f"uid-{self._version}", "generation": 1, **named}
        with self.lock:
            obj = self._numbered({"apiVersion": api, **deepcopy(body), "metadata": meta})
            new = self._admitted(key, obj, obj, status=False)
            self._store(key, new, new, "")

    def get(self, key: Key) -> Obj:
        with self.lock:
            if key not in self._objects:
                raise Refused(404, "NotFound", f'{key.kind} "{key.name}" not found')
            return deepcopy(self._objects[key])

    def list(self, group: str, plural: str, namespace: str) -> list[Obj]:
        with self.lock:
            found = [one for one in self._objects if one[:3] == (group, plural, namespace)]
            return [deepcopy(self._objects[key]) for key in found]

    def delete(self, key: Key) -> None:
        with self.lock:
            del self._objects[key]

    def change(
        self, key: Key, change: Change, *, status: bool = False, dry: bool = False, by: str = ""
    ) -> Obj:
        """Read, change, validate, store. `status`: through that subresource, which takes nothing
        else, as the object itself then takes no status."""
        with self.lock:
            old = self.get(key)
            body = json.loads(json.dumps(change(deepcopy(old))))  # parts are never shared
            new = self._admitted(key, old, body, status=status)
            if not dry:
                self._store(key, old, new, by)
        return new

    def settle(self, key: Key, change: Change) -> None:
        """A controller's own write: it bumps the version and wakes no controller."""
        with self.lock:
            obj = self._objects[key]
            after = change(deepcopy(obj))
            if after != obj:
                self._objects[key] = self._numbered(after)

    def _store(self, key: Key, old: Obj, new: Obj, by: str) -> None:
        if by:
            fields = new["metadata"].get("managedFields", [])
            others = [one for one in fields if one["manager"] != by]
            new["metadata"]["managedFields"] = [*others, {"manager": by, "operation": "Update"}]
        if _spec(new, key) != _spec(old, key):
            new["metadata"]["generation"] += 1
        self._objects[key] = self._numbered(new)
        for controller in self.controllers:
            controller(self, key)

    def _numbered(self, obj: Obj) -> Obj:
        self._version += 1
        obj["metadata"]["resourceVersion"] = str(self._version)
        return obj

    def _admitted(self, key: Key, old: Obj, new: Obj, *, status: bool) -> Obj:
        if new["metadata"].get("resourceVersion") != old["metadata"].get("resourceVersion"):
            raise Refused(
                409, "Conflict", "the object has been modified; please apply your changes"
            )
        crd = schema(key.kind, new["apiVersion"].rpartition("/")[2])
        if split_status(key):
            kept = {one: old[one] for one in old if one != "status"} if status else new
            shown = new if status else old
            new = {**kept, **({"status": shown["status"]} if "status" in shown else {})}
        elif status:
            raise Refused(404, "NotFound", "the server could not find the requested resource")
        if crd:
            new, dropped = crd.admit(new)
            self.dropped += dropped
        if wrong := (crd.errors(new) if crd else []):
            raise Refused(422, "Invalid", f'{key.kind} "{key.name}" is invalid: {wrong[0]}')
        if why := denied(key.kind, new):
            raise Refused(400, "BadRequest", f"admission webhook denied the request: {why}")
        return new


# Their CRDs have no status subresource: whoever may write the object writes its status.
_WHOLE = {
    "applications.argoproj.io",
    "traefikservices.traefik.io",
    "trafficsplits.split.smi-spec.io",
}


def split_status(key: Key) -> bool:
    return key.kind not in _WHOLE


def _spec(obj: Obj, key: Key) -> Obj:
    """What counts for `generation`: everything but metadata, and the status if it is apart."""
    apart = {"metadata", "status"} if split_status(key) else {"metadata"}
    return {one: value for one, value in obj.items() if one not in apart}

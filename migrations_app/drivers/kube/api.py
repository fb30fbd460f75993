"""The Kubernetes API, as much of it as a driver needs: read an object, list some, patch one."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from migrations_app.domain.errors import Permanent
from migrations_app.wire.talk import Talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.drivers.kube.cluster import Cluster
    from migrations_app.drivers.kube.patch import Op
    from migrations_app.drivers.kube.thing import Thing
    from migrations_app.wire.deadline import Deadline

    Obj = dict[str, Any]

# Written into `managedFields`, so that everybody can see which fields Warroom has set.
MANAGER: Final = "warroom"
_JSON_PATCH: Final = "application/json-patch+json"
_DRY: Final = [("dryRun", "All")]


class Api:
    """One cluster. Thread-safe. Raises what `wire.Talk` raises."""

    def __init__(self, cluster: Cluster) -> None:
        self._host = cluster.host
        self._talk = Talk(cluster, cluster.headers)

    def get(self, path: str, deadline: Deadline) -> Obj:
        """An object as it is: without `resourceVersion`, so that no cache answers."""
        return self._object(self._talk.read(path, deadline).body)

    def items(self, path: str, deadline: Deadline, **selectors: str) -> list[Obj]:
        """Those below a path that fit `labelSelector` or `fieldSelector`."""
        answer = self._talk.read(path, deadline, params=list(selectors.items()))
        return objects(self._object(answer.body), "items")

    def patch(
        self, thing: Thing, ops: Sequence[Op], deadline: Deadline,
        *, subresource: str = "", dry: bool = False,
    ) -> None:  # fmt: skip
        """All of it or nothing. `dry`: only say whether it would be taken."""
        self._talk.write(
            "PATCH",
            f"{thing.path}/{subresource}" if subresource else thing.path,
            deadline,
            params=[("fieldManager", MANAGER), *(_DRY if dry else [])],
            body=[op.plain() for op in ops],
            media_type=_JSON_PATCH,
        )

    def close(self) -> None:
        self._talk.close()

    def _object(self, body: bytes) -> Obj:
        try:
            found = json.loads(body)
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise Permanent(f"{self._host} does not answer as a Kubernetes API does: check url.")
        return found


def dig(obj: object, *keys: str | int) -> Any:
    """What is below these keys, None where any is missing."""
    for key in keys:
        match obj, key:
            case dict(), str():
                obj = obj.get(key)
            case list(), int() if key < len(obj):
                obj = obj[key]
            case _:
                return None
    return obj


def objects(obj: object, *keys: str | int) -> list[Obj]:
    """The objects in the list below these keys; none where there is no list."""
    found = dig(obj, *keys)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def number(obj: object, *keys: str | int) -> int | None:
    """The whole number below these keys, None where there is none."""
    found = dig(obj, *keys)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def fingerprint(obj: Obj, *parts: object) -> str:
    """A token for what was decided upon. Not the `resourceVersion` itself: a controller that
    writes a status, as most do all the time, changes that too."""
    told = json.dumps([dig(obj, "metadata", "uid"), parts], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()[:32]

"""Flipt's management of one boolean flag: v2 with revisions of a whole environment, and v1."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from tests.fakes.flag_service import TOKEN, FlagService, Reply
from tests.fakes.openapi import spec

if TYPE_CHECKING:
    from tests.fakes.flag_service import Asked
    from tests.fakes.openapi import Spec

DOCUMENT = "flipt-v2-environments-openapi.yaml"
RESOURCES = "/api/v2/environments/default/namespaces/default/resources"
FLAG = f"{RESOURCES}/flipt.core.Flag/checkout"
V1 = "/api/v1/namespaces/default/flags/checkout"


def document() -> Spec | None:
    """Flipt's, where it is at hand. In theirs a payload is a flag or a segment and not both, and
    every flag is a valid segment, so that nothing could ever hold: ours are flags."""
    found = spec(DOCUMENT)
    if found:
        schemas = found.document["components"]["schemas"]
        schemas["ResourcePayload"] = {"$ref": "#/components/schemas/FlagResourcePayload"}
    return found


def _threshold(percentage: float) -> dict[str, Any]:
    """As Flipt writes it: zero is left out."""
    told = {"percentage": percentage, "value": True}
    return {key: value for key, value in told.items() if value}


def _flag() -> dict[str, Any]:
    return {
        "@type": "flipt.core.Flag",
        "key": "checkout",
        "name": "Checkout",
        "type": "BOOLEAN_FLAG_TYPE",
        "description": "kept",
        "rollouts": [{"type": "THRESHOLD_ROLLOUT_TYPE", "threshold": _threshold(0)}],
    }


@dataclass
class Flipt(FlagService):
    login: ClassVar[str] = f"Bearer {TOKEN}"
    flag: dict[str, Any] = field(default_factory=_flag)
    commit: int = 0x5EED

    @property
    def revision(self) -> str:
        return f"{self.commit:040x}"

    @property
    def threshold(self) -> dict[str, Any]:
        found: dict[str, Any] = self.flag["rollouts"][0]["threshold"]
        return found

    def answer(self, asked: Asked) -> Reply:
        if (asked.method, asked.path) == ("GET", FLAG):
            return self._found()
        if (asked.method, asked.path) == ("PUT", RESOURCES):
            return self._put(asked.body)
        return Reply(404, {"code": 5, "message": "not found", "details": []})

    def _found(self) -> Reply:
        resource = {"namespaceKey": "default", "key": "checkout", "payload": deepcopy(self.flag)}
        return Reply(200, {"resource": resource, "revision": self.revision})

    def _put(self, body: dict[str, Any]) -> Reply:
        """No revision, no check: so it is with Flipt."""
        if body.get("revision") and body["revision"] != self.revision:
            said = "revision is out of date"
            return Reply(409, {"code": 10, "message": said, "details": []})
        self.say(body["payload"])
        return self._found()

    def say(self, payload: dict[str, Any]) -> None:
        """An outside hand, as well."""
        self.flag = deepcopy(payload)
        self.commit += 1

    def truth(self) -> Decimal:
        if self.flag.get("enabled") or not self.threshold.get("value"):
            return Decimal(-1)
        return Decimal(str(self.threshold.get("percentage", 0)))

    def move(self, weight: Decimal) -> None:
        rollout = {"type": "THRESHOLD_ROLLOUT_TYPE", "threshold": _threshold(int(weight))}
        self.say({**_flag(), "rollouts": [rollout]})


@dataclass
class FliptV1(Flipt):
    """The same flag through v1, which checks nothing."""

    def answer(self, asked: Asked) -> Reply:
        match asked.method, asked.path.removeprefix(V1):
            case "GET", "":
                return Reply(200, {**self.flag, "rollouts": []})
            case "GET", "/rollouts":
                rules = [{"id": f"r{at}", **one} for at, one in enumerate(self.flag["rollouts"])]
                return Reply(200, {"rules": rules, "totalCount": len(rules)})
            case "GET", "/rollouts/r0":
                return Reply(200, {"id": "r0", **self.flag["rollouts"][0]})
            case "PUT", "/rollouts/r0":
                self.flag["rollouts"][0]["threshold"] = asked.body["threshold"]
                return Reply(200, {"id": "r0", **self.flag["rollouts"][0]})
            case "PUT", "":
                self.flag |= asked.body
                return Reply(200, self.flag)
            case _:
                return Reply(404, {"code": 5, "message": "not found", "details": []})

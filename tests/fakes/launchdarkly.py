"""LaunchDarkly's API for one flag, as its documentation describes it: both kinds of patch, the
environment's version, and refusals. There is no published document at hand to hold it against.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tests.fakes.flag_service import FlagService, Reply
from tests.fakes.json_patch import Inapplicable, Undecodable, patched

if TYPE_CHECKING:
    from tests.fakes.flag_service import Asked

PATH = "/api/v2/flags/shop/checkout"
BLUE, GREEN, OTHER = "b1ue-0001", "9reen-0002", "0ther-0003"
SEMANTIC = "application/json; domain-model=launchdarkly.semanticpatch"


def _environment() -> dict[str, Any]:
    return {
        "on": True,
        "archived": False,
        "version": 1,
        "targets": [],
        "contextTargets": [],
        "rules": [],
        "prerequisites": [],
        "offVariation": 0,
        "fallthrough": {"variation": 0},
    }


def _flag() -> dict[str, Any]:
    ids = {BLUE: "old", GREEN: "new", OTHER: "third"}
    return {
        "key": "checkout",
        "kind": "multivariate",
        "archived": False,
        "_version": 1,
        "variations": [{"_id": one, "name": name, "value": name} for one, name in ids.items()],
        "environments": {"production": _environment(), "test": _environment()},
    }


@dataclass
class LaunchDarkly(FlagService):
    flag: dict[str, Any] = field(default_factory=_flag)

    @property
    def there(self) -> dict[str, Any]:
        found: dict[str, Any] = self.flag["environments"]["production"]
        return found

    def answer(self, asked: Asked) -> Reply:
        if asked.path != PATH:
            return Reply(404, {"code": "not_found", "message": "Unknown flag"})
        if asked.method == "PATCH":
            return self._patch(asked)
        shown = {**self.flag, "environments": dict(self.flag["environments"])}
        for name in list(shown["environments"]):
            if name not in asked.query.get("env", [name]):
                del shown["environments"][name]
        return Reply(200, shown)

    def _patch(self, asked: Asked) -> Reply:
        semantic = asked.media_type == SEMANTIC
        try:
            after = self._meant(asked.body) if semantic else patched(self.flag, asked.body)
        except Undecodable as error:
            return Reply(400, {"code": "invalid_request", "message": str(error)})
        except Inapplicable as error:
            return Reply(400, {"code": "invalid_patch", "message": str(error)})
        if why := _invalid(after["environments"]["production"]["fallthrough"]):
            return Reply(400, {"code": "invalid_request", "message": why})
        if after != self.flag:
            after["environments"]["production"]["version"] += 1
            self.flag = after
        return Reply(200, self.flag)

    def _meant(self, patch: dict[str, Any]) -> dict[str, Any]:
        after = deepcopy(self.flag)
        for one in patch["instructions"]:
            if one["kind"] != "updateFallthroughVariationOrRollout":
                raise Undecodable(f"unknown instruction {one['kind']}")
            indexes = {each["_id"]: at for at, each in enumerate(self.flag["variations"])}
            weights = [
                {"variation": indexes[variation], "weight": weight}
                for variation, weight in one["rolloutWeights"].items()
            ]
            rollout = {"contextKind": one["rolloutContextKind"], "variations": weights}
            after["environments"][patch["environmentKey"]]["fallthrough"] = {"rollout": rollout}
        return after

    def truth(self) -> Decimal:
        """Of those on either side; thousandths of a percent."""
        fallthrough = self.there["fallthrough"]
        if "variation" in fallthrough:
            return Decimal(100 if fallthrough["variation"] == 1 else 0)
        weights = {one["variation"]: one["weight"] for one in fallthrough["rollout"]["variations"]}
        return Decimal(weights.get(1, 0)) / 1000

    def move(self, weight: Decimal) -> None:
        green = int(weight * 1000)
        self.say([100_000 - green, green])

    def say(self, weights: list[int]) -> None:
        """An outside hand."""
        split = [{"variation": at, "weight": weight} for at, weight in enumerate(weights)]
        self.there["fallthrough"] = {"rollout": {"contextKind": "user", "variations": split}}
        self.there["version"] += 1


def _invalid(fallthrough: dict[str, Any]) -> str:
    if "variation" in fallthrough:
        return ""
    weights = [one["weight"] for one in fallthrough["rollout"]["variations"]]
    if sum(weights) != 100_000 or not all(0 <= weight <= 100_000 for weight in weights):
        return "rollout weights must sum to 100000"
    return ""

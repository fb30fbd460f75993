"""Flagsmith's admin API for one segment and one multivariate feature state."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar

from tests.fakes.flag_service import TOKEN, FlagService, Reply
from tests.fakes.openapi import spec

if TYPE_CHECKING:
    from tests.fakes.flag_service import Asked
    from tests.fakes.openapi import Spec

DOCUMENT = "flagsmith-openapi.json"
SEGMENT = "/api/v1/projects/7/segments/42/"
STATE = "/api/v1/environments/prodKey/featurestates/9/"
GREEN, OTHER = 301, 302


@cache
def document() -> Spec | None:
    """Flagsmith's, where it is at hand. It tells how to write a feature state and not how to read
    one: that is taken to answer with what a write answers with."""
    found = spec(DOCUMENT)
    if found:
        path = found.document["paths"][
            "/api/v1/environments/{environment_api_key}/featurestates/{id}/"
        ]
        path["get"] = {key: path["put"][key] for key in ("parameters", "responses")}
    return found


def split(value: object = "0") -> dict[str, Any]:
    return {"id": 3, "operator": "PERCENTAGE_SPLIT", "property": None, "value": value}


def _segment() -> dict[str, Any]:
    inner = {"id": 2, "type": "ANY", "conditions": [split()]}
    return {
        "id": 42,
        "name": "green",
        "description": "kept",
        "project": 7,
        "feature": None,
        "metadata": [],
        "rules": [{"id": 1, "type": "ALL", "rules": [inner], "conditions": []}],
    }


@dataclass
class Flagsmith(FlagService):
    """The segment."""

    login: ClassVar[str] = f"Api-Key {TOKEN}"
    segment: dict[str, Any] = field(default_factory=_segment)

    @property
    def conditions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.segment["rules"][0]["rules"][0]["conditions"]
        return found

    def answer(self, asked: Asked) -> Reply:
        if asked.path != SEGMENT:
            return Reply(404, {"detail": "Not found."})
        if asked.method == "PUT":
            self.segment |= deepcopy(asked.body)
        return Reply(200, deepcopy(self.segment))

    def truth(self) -> Decimal:
        return Decimal(self.conditions[0]["value"])

    def move(self, weight: Decimal) -> None:
        self.segment = _segment()
        self.conditions[0]["value"] = str(weight)


def _state() -> dict[str, Any]:
    values = [
        {"id": at, "multivariate_feature_option": option, "percentage_allocation": 0.0}
        for at, option in enumerate([GREEN, OTHER], 1)
    ]
    return {
        "id": 9,
        "feature": 5,
        "environment": 11,
        "enabled": True,
        "identity": None,
        "feature_segment": None,
        "feature_state_value": "blue",
        "multivariate_feature_state_values": values,
    }


@dataclass
class FlagsmithOptions(FlagService):
    """The multivariate feature."""

    login: ClassVar[str] = f"Api-Key {TOKEN}"
    state: dict[str, Any] = field(default_factory=_state)

    @property
    def values(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.state["multivariate_feature_state_values"]
        return found

    def answer(self, asked: Asked) -> Reply:
        if asked.path != STATE:
            return Reply(404, {"detail": "Not found."})
        if asked.method == "PUT":
            return self._put(deepcopy(asked.body))
        return Reply(200, deepcopy(self.state))

    def _put(self, body: dict[str, Any]) -> Reply:
        values = body["multivariate_feature_state_values"]
        if sum(one["percentage_allocation"] for one in values) > 100:
            return Reply(400, ["Total percentage for feature must be less than 100 percent"])
        if [one.get("id") for one in values] != [one["id"] for one in self.values]:
            return Reply(400, {"detail": "each option has one value, and it has an id"})
        self.state |= body
        return Reply(200, deepcopy(self.state))

    def truth(self) -> Decimal:
        return Decimal(str(self.values[0]["percentage_allocation"]))

    def move(self, weight: Decimal) -> None:
        self.state = _state()
        self.values[0]["percentage_allocation"] = float(weight)

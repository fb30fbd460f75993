"""GrowthBook's API v2 for one feature: drafts, their look against what is live, and publishing."""

from __future__ import annotations

import re
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

DOCUMENT = "growthbook-openapi.yaml"
FEATURE = "/v2/features/checkout"
NOW = "2026-01-01T00:00:00Z"
RULE = "fr_0001"


@cache
def document() -> Spec | None:
    """GrowthBook's, where it is at hand. In theirs a rule is two objects in one, neither of which
    allows the other's keys, so that nothing could ever hold: here both allow more. What we may send
    stays as strict as it is."""
    found = spec(DOCUMENT)
    if found:
        _open(found.document["components"]["schemas"])
    return found


def _open(schema: Any) -> None:
    for part in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(part, dict | list):
            _open(part)
    if isinstance(schema, dict) and schema.get("additionalProperties") is False:
        del schema["additionalProperties"]


def rule(name: str = RULE, **values: object) -> dict[str, Any]:
    return {
        "id": name,
        "type": "rollout",
        "description": "",
        "enabled": True,
        "condition": "",
        "value": "true",
        "coverage": 0,
        "hashAttribute": "id",
        "allEnvironments": False,
        "environments": ["production"],
        **values,
    }


@dataclass
class GrowthBook(FlagService):
    """`rules`, `default`, `enabled` and `archived` are live; `drafts` are rules by version, with
    the live version they were made of. `merging` is called when somebody looks or publishes."""

    login: ClassVar[str] = f"Bearer {TOKEN}"
    rules: list[dict[str, Any]] = field(default_factory=lambda: [rule()])
    default: str = "false"
    enabled: bool = True
    archived: bool = False
    live: int = 1
    newest: int = 1
    drafts: dict[int, tuple[int, list[dict[str, Any]]]] = field(default_factory=dict)
    discarded: list[int] = field(default_factory=list)

    def answer(self, asked: Asked) -> Reply:
        if asked.path == FEATURE:
            return Reply(200, {"feature": self._feature()})
        if (made := self._draft(asked)) is not None:
            return made
        found = re.fullmatch(FEATURE + r"/revisions/(\d+)/([a-z-]+)", asked.path)
        if not found or int(found[1]) not in self.drafts:
            return Reply(404, {"message": "Could not find that"})
        return self._about(int(found[1]), found[2])

    def _draft(self, asked: Asked) -> Reply | None:
        if asked.path != f"{FEATURE}/revisions/new/rules/{RULE}":
            return None
        self.newest += 1
        rules = deepcopy(self.rules)
        rules[0] |= asked.body["rule"]
        self.drafts[self.newest] = (self.live, rules)
        return Reply(200, {"revision": self._revision(self.newest, "draft")})

    def _about(self, version: int, verb: str) -> Reply:
        base, rules = self.drafts[version]
        if verb == "merge-status":
            return self._merge(base)
        if verb == "discard":
            self.discarded.append(version)
            return Reply(200, {"revision": self._revision(version, "discarded")})
        if base != self.live:
            return Reply(422, {"message": "Publishing is blocked", "gates": ["conflicts"]})
        self.rules, self.live = rules, version
        return Reply(200, {"revision": self._revision(version, "published")})

    def _merge(self, base: int) -> Reply:
        well = base == self.live
        merge = {"success": well, "liveVersion": self.live, "draftDateUpdated": NOW}
        return Reply(200, {**merge, "conflicts": [], "rebaseRequired": not well})

    def _feature(self) -> dict[str, Any]:
        production = {"enabled": self.enabled, "defaultValue": self.default}
        return {
            "id": "checkout",
            "dateCreated": NOW,
            "dateUpdated": NOW,
            "archived": self.archived,
            "description": "",
            "owner": "",
            "project": "",
            "valueType": "boolean",
            "defaultValue": self.default,
            "tags": [],
            "rules": deepcopy(self.rules),
            "environments": {"production": production},
            "revision": {"version": self.live, "comment": "", "date": NOW},
        }

    def _revision(self, version: int, status: str) -> dict[str, Any]:
        base, rules = self.drafts[version]
        about = {"baseVersion": base, "version": version, "comment": "", "date": NOW}
        return {**about, "featureId": "checkout", "status": status, "rules": rules}

    def truth(self) -> Decimal:
        return Decimal(str(self.rules[0]["coverage"])) * 100

    def move(self, weight: Decimal) -> None:
        """An outside hand publishes."""
        self.rules[0]["coverage"] = float(weight / 100)
        self.newest += 1
        self.live = self.newest

    def writes(self) -> object:
        return self.live, self.newest

"""Flipt's two management APIs: what is asked, what is sent, what is typed.

v2 keeps flags in git; an answer's revision changes with any resource, a write based on an old one
is refused, and one without a revision is not checked: so we never send none. v1 knows no revision.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel

from migrations_app.drivers.flags.flipt.state import FlagPayload, Rollout, seen
from migrations_app.drivers.flags.seen import Call, Seen, parsed
from migrations_app.wire.curl import quoted

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from migrations_app.drivers.flags.flipt.config import FliptConfig
    from migrations_app.wire.answer import Answer

    Ask = Callable[[str], Answer]
    Curl = Callable[[Call | str], str]

NAME = "Flipt"


class Way(Protocol):
    """`ask` reads a path, `curl` makes a line of a call or a path."""

    def __init__(self, config: FliptConfig) -> None: ...

    def read(self, ask: Ask) -> Seen: ...

    def calls(self, seen: Seen, weight: Decimal) -> list[Call]: ...

    def blind(self, weight: Decimal) -> list[Call]: ...

    def typed(self, weight: Decimal, curl: Curl) -> list[str]: ...


class _Resource(BaseModel):
    payload: dict[str, Any]


class _Found(BaseModel):
    resource: _Resource
    revision: str


class V2:
    def __init__(self, config: FliptConfig) -> None:
        self._config = config
        where = f"/api/v2/environments/{config.environment}/namespaces/{config.namespace}/resources"
        self._put, self._get = where, f"{where}/flipt.core.Flag/{config.flag}"

    def read(self, ask: Ask) -> Seen:
        answer = ask(self._get)
        found = parsed(_Found, answer, NAME)
        flag = FlagPayload.model_validate(found.resource.payload)
        return seen(flag, self._config, found)

    def calls(self, seen: Seen, weight: Decimal) -> list[Call]:
        found: _Found = seen.state
        payload = deepcopy(found.resource.payload)
        payload["enabled"] = not self._config.green
        for rollout in payload["rollouts"]:
            if "threshold" in rollout:
                rollout["threshold"] = self._threshold(weight)
        body = {"key": self._config.flag, "payload": payload, "revision": found.revision}
        return [Call("PUT", self._put, body)]

    def blind(self, weight: Decimal) -> list[Call]:
        """The whole flag is sent, so the part of it that changes is all that can be told."""
        change = {"enabled": not self._config.green, "threshold": self._threshold(weight)}
        return [Call("PUT", self._put, {"key": self._config.flag, "payload": change})]

    def typed(self, weight: Decimal, curl: Curl) -> list[str]:
        threshold = json.dumps(self._threshold(weight))
        change = (
            f"{{key: {json.dumps(self._config.flag)}, revision, payload: (.resource.payload "
            f"| .enabled = {json.dumps(not self._config.green)} | (.rollouts[] "
            f"| select(.threshold) | .threshold) = {threshold})}}"
        )
        put = curl(Call("PUT", self._put, b"@-")).replace("'@-'", "@-")
        return [f"{curl(self._get)} | jq {quoted(change)} | {put}", curl(self._get)]

    def _threshold(self, weight: Decimal) -> dict[str, Any]:
        return {"percentage": int(weight), "value": self._config.green}


class _Rollouts(BaseModel):
    rules: list[Rollout] = []


class V1:
    def __init__(self, config: FliptConfig) -> None:
        self._config = config
        self._flag = f"/api/v1/namespaces/{config.namespace}/flags/{config.flag}"
        self._rollout = f"{self._flag}/rollouts/{config.rollout}"

    def read(self, ask: Ask) -> Seen:
        flag = parsed(FlagPayload, ask(self._flag), NAME)
        rollouts = parsed(_Rollouts, ask(f"{self._flag}/rollouts"), NAME).rules
        return seen(flag.model_copy(update={"rollouts": rollouts}), self._config, flag)

    def calls(self, seen: Seen, weight: Decimal) -> list[Call]:
        """The default as well where it is GREEN, which makes everybody's side GREEN."""
        flag: FlagPayload = seen.state
        calls = self.blind(weight)
        if flag.enabled == self._config.green:
            default = {"name": flag.name, "enabled": not self._config.green}
            calls.append(Call("PUT", self._flag, default))
        return calls

    def blind(self, weight: Decimal) -> list[Call]:
        threshold = {"percentage": int(weight), "value": self._config.green}
        return [Call("PUT", self._rollout, {"threshold": threshold})]

    def typed(self, weight: Decimal, curl: Curl) -> list[str]:
        return [*map(curl, self.blind(weight)), curl(self._rollout)]


WAYS: dict[str, type[Way]] = {"v1": V1, "v2": V2}

"""Somebody with a token. Every answer they get is held against the API's own description."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.test import Client
from jsonschema import Draft202012Validator

from migrations_app.actions.tokens import issue
from migrations_app.reads.tokens import Scope

ALL = tuple(Scope)


@cache
def description() -> dict[str, Any]:
    """The OpenAPI document as it is served."""
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    found: dict[str, Any] = json.loads(answer.content)
    return found


@dataclass
class Caller:
    """Speaks for one person. Paths are below `/api/v1`."""

    secret: str = field(repr=False)
    client: Client = field(default_factory=Client)

    def get(self, path: str, **query: Any) -> Any:
        return checked(self.client.get(f"/api/v1{path}", query, headers=self._headers({})))

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        text = body if isinstance(body, bytes) else json.dumps({} if body is None else body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = self.client.post(
            f"/api/v1{path}", text, "application/json", headers=self._headers(named)
        )
        return checked(answer)

    def _headers(self, more: dict[str, str]) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}", **more}

    def click(self, run_id: int, verb: str, **body: Any) -> Any:
        """Say `verb` as somebody does who has just read the run."""
        shown = self.get(f"/runs/{run_id}").json()
        seen = {"revision": shown["revision"]}
        if verb in {"go", "complete"}:
            seen["evaluation"] = shown["evaluation"]
        return self.post(f"/runs/{run_id}/{verb}", seen | body)


def caller(username: str, *scopes: Scope) -> Caller:
    """A caller for an existing user, with all scopes unless some are named."""
    return Caller(issue(username, "test", scopes or ALL, 1).secret)


def checked(answer: Any) -> Any:
    """The answer, if the description promised one like it."""
    if answer.status_code == 405 or answer.get("Content-Disposition") or answer.streaming:
        return answer
    promised = _operation(answer)["responses"][str(answer.status_code)]["content"]
    media_type = answer["Content-Type"].partition(";")[0]
    schema = promised[media_type]["schema"] | {"components": description()["components"]}
    Draft202012Validator(schema).validate(answer.json())
    return answer


def _operation(answer: Any) -> Any:
    route = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", answer.resolver_match.route)
    return description()["paths"][route][answer.request["REQUEST_METHOD"].lower()]

"""A vendor's published OpenAPI document, to hold requests and answers against.

The documents are no part of this repository. They are looked for where WARROOM_SCHEMAS says, in
var/schemas, and in a directory `shared/schemas` beside this one.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

ROOT = Path(__file__).parents[2]
NAME = "urn:vendor"
ESCAPES = {"~": "~0", "/": "~1"}


def find(file: str) -> Path | None:
    """Where the document lies, if anywhere."""
    told = os.environ.get("WARROOM_SCHEMAS")
    places = (
        [Path(told)] if told else [ROOT / "var" / "schemas", ROOT.parent / "shared" / "schemas"]
    )
    return next((place / file for place in places if (place / file).exists()), None)


def needed(file: str) -> pytest.MarkDecorator:
    """Skips, and says what is not proven, where the document is missing."""
    reason = f"NOT PROVEN against the vendor's schema: put {file} into var/schemas"
    return pytest.mark.skipif(find(file) is None, reason=reason)


@dataclass
class Spec:
    """A document; it may be changed until something is first held against it."""

    document: dict[str, Any]
    _validators: dict[str, Draft202012Validator] = field(default_factory=dict)

    @cached_property
    def _registry(self) -> Registry[Any]:
        resource = DRAFT202012.create_resource(self.document)
        registry: Registry[Any] = Registry().with_resource(NAME, resource)
        return registry

    def request(self, method: str, path: str, body: object) -> list[str]:
        """What is wrong with a request; `no such operation` where the document has none."""
        template, operation = self._operation(method, path)
        if operation is None:
            return [f"no such operation: {method} {path}"]
        content = operation.get("requestBody", {}).get("content", {})
        if not content:
            return [] if body is None else [f"{method} {path} takes no body"]
        return self._wrong(body, [*template, "requestBody", "content", "application/json"])

    def answer(self, method: str, path: str, status: int, body: object) -> list[str]:
        """What is wrong with an answer."""
        template, operation = self._operation(method, path)
        if operation is None or str(status) not in operation["responses"]:
            return [] if status >= 400 else [f"no such answer: {status} to {method} {path}"]
        at = [*template, "responses", str(status), "content", "application/json"]
        return self._wrong(body, at)

    def _operation(self, method: str, path: str) -> tuple[list[str], dict[str, Any] | None]:
        for template, verbs in self.document["paths"].items():
            pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
            if re.fullmatch(pattern, path) and method.lower() in verbs:
                return ["paths", template, method.lower()], verbs[method.lower()]
        return [], None

    def _wrong(self, data: object, at: list[str]) -> list[str]:
        escaped = ("".join(ESCAPES.get(char, char) for char in part) for part in [*at, "schema"])
        pointer = "/".join(escaped)
        if pointer not in self._validators:
            schema = {"$ref": f"{NAME}#/{pointer}"}
            self._validators[pointer] = Draft202012Validator(schema, registry=self._registry)
        errors = self._validators[pointer].iter_errors(data)
        return [f"{error.json_path}: {error.message}"[:300] for error in errors]


@cache
def spec(file: str) -> Spec | None:
    """None where the document is missing."""
    path = find(file)
    if path is None:
        return None
    text = path.read_text()
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return Spec(json.loads(text) if file.endswith("json") else yaml.load(text, loader))  # noqa: S506 - safe ones both

"""What an API server does with an object of a published CRD: prune, fill in defaults, validate.

The rules in CEL (`x-kubernetes-validations`) are not run; those that matter to a driver are in
`kube_rules`.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft4Validator

ROOT = Path(__file__).parents[2]
FILES = {
    "virtualservices.networking.istio.io": "istio-virtualservice-crd.yaml",
    "httproutes.gateway.networking.k8s.io": "gateway-api-httproute-crd.yaml",
    "rollouts.argoproj.io": "argo-rollout-crd.yaml",
    "traefikservices.traefik.io": "traefik-crds.yaml",
    "applications.argoproj.io": "argocd-swagger.json",
}
KEPT = ("apiVersion", "kind", "metadata")


def published(file: str) -> Path | None:
    """Where a schema lies, if anywhere: in `WARROOM_SCHEMAS`, in var/schemas, or beside us."""
    told = os.environ.get("WARROOM_SCHEMAS")
    usual = [ROOT / "var" / "schemas", ROOT.parent / "shared" / "schemas"]
    places = [Path(told)] if told else usual
    return next((place / file for place in places if (place / file).is_file()), None)


def missing(name: str) -> str:
    """Why a kind can't be held against its schema; empty if it can."""
    if published(FILES[name]):
        return ""
    return f"NOT PROVEN against the published schema: {FILES[name]} is in no folder of schemas"


class Schema:
    """One version of one kind."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self._schema = schema
        self._validator = Draft4Validator(_nullable(schema))

    def admit(self, obj: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """As it would be stored, and which fields were dropped as unknown."""
        dropped: list[str] = []
        body = {key: value for key, value in obj.items() if key not in KEPT}
        known = _pruned(body, self._schema, "", dropped)
        return {**{key: obj[key] for key in KEPT if key in obj}, **known}, dropped

    def errors(self, obj: dict[str, Any]) -> list[str]:
        """As an API server words them."""
        found = self._validator.iter_errors(obj)
        return [f"{'.'.join(map(str, error.path))}: {error.message}"[:300] for error in found]


@cache
def schema(name: str, version: str) -> Schema | None:
    """`name` as in `kubectl get crd`; None where its schema is not here."""
    place = published(FILES[name]) if name in FILES else None
    if place is None:
        return None
    text = place.read_text()
    return _swagger(text) if place.suffix == ".json" else _crd(text, name, version)


def _crd(text: str, name: str, version: str) -> Schema | None:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for crd in yaml.load_all(text, Loader=loader):
        if crd and crd["metadata"]["name"] == name:
            versions = {one["name"]: one for one in crd["spec"]["versions"]}
            return Schema(versions[version]["schema"]["openAPIV3Schema"])
    return None


def _swagger(text: str) -> Schema:
    """Argo CD publishes its Application as a part of its API only. Nothing can be pruned by it."""
    definitions = json.loads(text)["definitions"]
    return Schema({"$ref": "#/definitions/v1alpha1Application", "definitions": definitions})


def _pruned(value: Any, schema: dict[str, Any], at: str, dropped: list[str]) -> Any:
    if isinstance(value, list):
        return [
            _pruned(one, schema.get("items", {}), f"{at}[{number}]", dropped)
            for number, one in enumerate(value)
        ]
    if not isinstance(value, dict) or _open(schema):
        return value
    properties = schema["properties"]
    dropped += [f"{at}.{key}" for key in value if key not in properties]
    filled = {key: one["default"] for key, one in properties.items() if "default" in one} | value
    return {
        key: _pruned(one, properties[key], f"{at}.{key}", dropped)
        for key, one in filled.items()
        if key in properties
    }


def _open(schema: dict[str, Any]) -> bool:
    """Whether it takes any key."""
    return bool(schema.get("x-kubernetes-preserve-unknown-fields")) or "properties" not in schema


def _nullable(schema: Any) -> Any:
    """OpenAPI's `nullable` in the words of JSON Schema."""
    if isinstance(schema, list):
        return [_nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {key: _nullable(value) for key, value in schema.items()}
    if plain.pop("nullable", None) is True and isinstance(plain.get("type"), str):
        plain["type"] = [plain["type"], "null"]
    return plain

"""The description of the API is a valid OpenAPI document, and docs/api.md tells the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.test import Client
from jsonschema import Draft202012Validator

from tests.api.caller import description

if TYPE_CHECKING:
    from collections.abc import Iterator

PARAMETER = re.compile(r"{(\w+)}")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in description()["paths"].items():
        for method, described in methods.items():
            yield path, method, described


def every(part: Any, key: str) -> Iterator[Any]:
    """Every value under `key`, however deep."""
    if isinstance(part, dict):
        yield from (value for name, value in part.items() if name == key)
        for value in part.values():
            yield from every(value, key)
    elif isinstance(part, list):
        for value in part:
            yield from every(value, key)


def test_it_is_served_to_anybody_and_names_its_version() -> None:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"].startswith("3.1.")
    assert answer.json()["info"]["title"] == "Warroom"


def test_every_schema_is_a_json_schema() -> None:
    for schema in [
        *description()["components"]["schemas"].values(),
        *every(description(), "schema"),
    ]:
        Draft202012Validator.check_schema(schema)


def test_every_reference_leads_somewhere() -> None:
    known = {f"#/components/schemas/{name}" for name in description()["components"]["schemas"]}
    assert set(every(description(), "$ref")) <= known


def test_every_operation_is_complete() -> None:
    names = [described["operationId"] for _, _, described in operations()]
    assert len(names) == len(set(names))
    schemes = description()["components"]["securitySchemes"]
    for path, method, described in operations():
        inside = {one["name"] for one in described["parameters"] if one["in"] == "path"}
        assert set(PARAMETER.findall(path)) == inside
        assert described["description"]
        assert {"200", "401", "403", "404", "422"} <= described["responses"].keys()
        assert all(name in schemes for one in described["security"] for name in one)
        assert ("requestBody" in described) == (method == "post")


def test_every_verb_takes_an_idempotency_key_or_needs_none() -> None:
    by_nature = {"plan", "roll_back"}
    for _, method, described in operations():
        named = {one["name"] for one in described["parameters"]}
        expected = method == "post" and described["operationId"] not in by_nature
        assert ("Idempotency-Key" in named) == expected


def test_there_is_no_page_that_our_own_policy_would_break() -> None:
    assert Client().get("/api/v1/docs").status_code == 404


def test_the_documentation_names_every_address_with_its_scope() -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(GET|POST) (/\S*)` \| ([^|]+) \|", text, re.MULTILINE)
    told = {(method.lower(), path): scope.strip().replace("`", "") for method, path, scope in rows}
    schemes = description()["components"]["securitySchemes"]
    served = {}
    for path, method, described in operations():
        [scheme] = described["security"][0]
        words = schemes[scheme]["description"].removeprefix("A token with the scope ")
        served[method, path.removeprefix("/api/v1")] = words.rstrip(".").replace("`", "")
    assert told == served

"""A small Datadog: its keys, its limits, and the shape of a scalar request and answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import jsonschema

from tests.sources.place import Said

if TYPE_CHECKING:
    from tests.sources.place import Asked

API_KEY: Final = "API-KEY-OPEN-SESAME"
APP_KEY: Final = "APP-KEY-OPEN-SESAME"
# As the API reference describes it: times in milliseconds, names that formulas refer to.
_MOMENT: Final = {"type": "integer", "minimum": 1_000_000_000_000}
_REQUEST: Final = {
    "type": "object",
    "required": ["data"],
    "properties": {
        "data": {
            "type": "object",
            "required": ["type", "attributes"],
            "properties": {
                "type": {"const": "scalar_request"},
                "attributes": {
                    "type": "object",
                    "required": ["from", "to", "queries"],
                    "additionalProperties": False,
                    "properties": {
                        "from": _MOMENT,
                        "to": _MOMENT,
                        "formulas": {"type": "array", "items": {"required": ["formula"]}},
                        "queries": {
                            "type": "array",
                            "minItems": 1,
                            "items": {
                                "type": "object",
                                "required": ["data_source", "query", "aggregator"],
                                "properties": {
                                    "data_source": {"const": "metrics"},
                                    "aggregator": {"enum": ["avg", "sum", "min", "max", "last"]},
                                },
                            },
                        },
                    },
                },
            },
        }
    },
}
_NUMBERS: Final[dict[str, list[float | None]]] = {
    "avg:value{*}": [0.25],
    "avg:integer{*}": [3],
    "avg:nothing{*}": [],
    "avg:null{*}": [None],
    "avg:datadog.agent.running{*}": [1.0],
}


class Datadog:
    """Answers like one of its sites. `asked` are the attributes of all requests taken."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.limited, self.reset = False, "7"

    def __call__(self, asked: Asked) -> Said:
        if asked.headers.get("dd-api-key") != API_KEY:
            return Said(403, {"errors": ["Forbidden"]})
        if asked.path == "/api/v1/validate":
            return Said(200, {"valid": True})
        if asked.headers.get("dd-application-key") != APP_KEY:
            return Said(403, {"errors": [f"no scope for {asked.headers['dd-api-key']}"]})
        if self.limited:
            return Said(429, {"errors": ["Rate limit reached"]}, {"x-ratelimit-reset": self.reset})
        if (asked.method, asked.path) != ("POST", "/api/v2/query/scalar"):
            return Said(404, {"errors": ["Not found"]})
        return self._scalar(asked.json())

    def _scalar(self, body: dict[str, Any]) -> Said:
        try:
            jsonschema.validate(body, _REQUEST)
        except jsonschema.ValidationError as error:
            return Said(400, {"errors": [f"Invalid request: {error.message}"]})
        attributes = body["data"]["attributes"]
        if attributes["from"] >= attributes["to"]:
            return Said(400, {"errors": ["from must be before to"]})
        self.asked.append(attributes)
        return self._answer(attributes["queries"][0]["query"], attributes["to"])

    def _answer(self, query: str, end: int) -> Said:
        if query.count("{") != query.count("}"):
            return Said(400, {"errors": ["Error parsing query: unable to parse"]})
        if query == "avg:doubt{*}":
            return Said(200, {"data": None, "errors": "one shard did not answer"})
        if query == "avg:login{*}":
            return Said(200, b"<html>Sign in</html>")
        if query == "avg:grouped{*} by {host}":
            groups = {"name": "host", "type": "group", "values": [["a"], ["b"]]}
            return _scalars([groups, _numbers([1.0, 2.0])])
        if query == "avg:moment{*}":
            return _scalars([_numbers([end / 1000])])
        return _scalars([_numbers(_NUMBERS.get(query, []))])


def _numbers(values: list[float | None]) -> dict[str, Any]:
    return {"name": "query", "type": "number", "values": values, "meta": {"unit": None}}


def _scalars(columns: list[dict[str, Any]]) -> Said:
    return Said(200, {"data": {"type": "scalar_response", "attributes": {"columns": columns}}})

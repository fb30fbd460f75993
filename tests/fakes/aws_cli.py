"""A stand-in for the `aws` command, which is not installed where the tests run.

It understands exactly what our sheets say, `aws SERVICE OPERATION --flag value …` with JSON where
the service wants more than a word, `--query` and `--output`; botocore does the rest, with the rules
that the real command has from it too.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any

import botocore.session
from botocore import xform_name


def main(arguments: list[str]) -> None:
    service, operation, *flags = arguments
    given = _flags(flags)
    query, output = given.pop("query", ["@"])[0], given.pop("output", ["json"])[0]
    client = botocore.session.Session().create_client(
        service,
        region_name=given.pop("region")[0],
        endpoint_url=given.pop("endpoint-url", [None])[0],
    )
    if "max-items" in given:
        given.pop("max-items")
    method = operation.replace("-", "_")
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method])
    members = {xform_name(name, "-"): (name, kind) for name, kind in _members(shape)}
    asked = {members[flag][0]: _value(words, members[flag][1]) for flag, words in given.items()}
    told = getattr(client, method)(**asked)
    told.pop("ResponseMetadata", None)
    _print(import_module("jmespath").search(query, told), output)


def _members(operation: Any) -> list[tuple[str, str]]:
    found = operation.input_shape.members
    return [
        (name, "words" if shape.type_name == "list" else shape.type_name)
        for name, shape in found.items()
    ]


def _flags(words: list[str]) -> dict[str, list[Any]]:
    given: dict[str, list[Any]] = {}
    last: list[Any] = []
    for word in words:
        if word.startswith("--"):
            last = given.setdefault(word[2:], [])
        else:
            last.append(word)
    return given


def _value(words: list[str], kind: str) -> object:
    if words[0][:1] in "[{":
        return json.loads(words[0])
    return words if kind == "words" else words[0]


def _print(told: Any, output: str) -> None:
    if output == "json":
        print(json.dumps(told, default=str))  # noqa: T201 - a command speaks by printing
        return
    for row in told if isinstance(told, list) else [told]:
        print("\t".join(map(str, row)) if isinstance(row, list) else row)  # noqa: T201 - as above


if __name__ == "__main__":
    main(sys.argv[1:])

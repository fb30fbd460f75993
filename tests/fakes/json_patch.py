"""JSON Patch and JSON Merge Patch as an API server applies them: all of it or nothing."""

from __future__ import annotations

from copy import deepcopy
from typing import Any


class Undecodable(Exception):
    """400: this is no patch."""


class Inapplicable(Exception):
    """422: an operation fails, a `test` among them."""


def patched(document: Any, ops: Any) -> Any:
    """A changed copy."""
    if not isinstance(ops, list):
        raise Undecodable("a JSON Patch is a list of operations")
    after = deepcopy(document)
    for op in ops:
        if not isinstance(op, dict) or not str(op.get("path", "")).startswith("/"):
            raise Undecodable(f"no operation: {op}")
        _do(after, op)
    return after


def merged(document: Any, patch: Any) -> Any:
    """RFC 7386: objects are merged, `null` takes away, everything else replaces."""
    if not isinstance(patch, dict):
        return deepcopy(patch)
    after = dict(document) if isinstance(document, dict) else {}
    for key, value in patch.items():
        if value is None:
            after.pop(key, None)
        else:
            after[key] = merged(after.get(key), value)
    return after


def _do(document: Any, op: dict[str, Any]) -> None:
    *way, last = [part.replace("~1", "/").replace("~0", "~") for part in op["path"].split("/")[1:]]
    parent = document
    for part in way:
        parent = _child(parent, part, op["path"])
    match op.get("op"):
        case "test":
            if _child(parent, last, op["path"]) != op["value"]:
                raise Inapplicable(f"testing value {op['path']} failed: test failed")
        case "add":
            _add(parent, last, op)
        case "replace":
            _child(parent, last, op["path"])
            parent[_index(parent, last)] = deepcopy(op["value"])
        case "remove":
            _child(parent, last, op["path"])
            del parent[_index(parent, last)]
        case other:
            raise Undecodable(f"unexpected kind: {other}")


def _add(parent: Any, last: str, op: dict[str, Any]) -> None:
    if isinstance(parent, list):
        at = len(parent) if last == "-" else int(last)
        if at > len(parent):
            raise Inapplicable(f"add operation does not apply: {op['path']}: index out of range")
        parent.insert(at, deepcopy(op["value"]))
    elif isinstance(parent, dict):
        parent[last] = deepcopy(op["value"])
    else:
        raise Inapplicable(f"add operation does not apply: {op['path']}: no such parent")


def _index(parent: Any, part: str) -> Any:
    return int(part) if isinstance(parent, list) else part


def _child(parent: Any, part: str, path: str) -> Any:
    try:
        return parent[_index(parent, part)]
    except (KeyError, IndexError, ValueError, TypeError):
        raise Inapplicable(f"operation does not apply: doc is missing path: {path}") from None

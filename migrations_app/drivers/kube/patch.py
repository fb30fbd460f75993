"""JSON Patch (RFC 6902): the only kind of change we send. Pure.

A strategic merge knows nothing of custom resources, and a merge patch replaces whole lists; these
operations touch single values, and `test` makes the server refuse all of them where one thing is
not as we believe.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_NOTHING: Final = object()


@dataclass(frozen=True, slots=True)
class Op:
    """`at` is a JSON pointer, its parts already escaped."""

    op: str
    at: str
    value: Any = _NOTHING

    def plain(self) -> dict[str, Any]:
        """As it is sent."""
        told = {} if self.value is _NOTHING else {"value": self.value}
        return {"op": self.op, "path": self.at, **told}

    def __str__(self) -> str:
        told = "" if self.value is _NOTHING else f" {json.dumps(self.value)}"
        return f"{self.op} {self.at}{told}"

    def holds(self, obj: object) -> bool:
        """Whether the object is already as this would make it."""
        found = at(obj, self.at)
        if self.op == "remove":
            return found is _NOTHING
        return found is not _NOTHING and bool(found == self.value)


def test(pointer: str, value: object) -> Op:
    """Refuse everything unless this is so."""
    return Op("test", pointer, value)


def put(pointer: str, value: object) -> Op:
    """Set a key, whether or not it is there: many APIs leave out what is zero."""
    return Op("add", pointer, value)


def remove(pointer: str) -> Op:
    """Take a key away that is there."""
    return Op("remove", pointer)


def escaped(key: str) -> str:
    """A key as a part of a pointer."""
    return key.replace("~", "~0").replace("/", "~1")


def as_json(ops: Sequence[Op]) -> str:
    """One line, as short as JSON goes."""
    return json.dumps([op.plain() for op in ops], separators=(",", ":"))


def same_version(obj: dict[str, Any]) -> Op:
    """Refuse everything if anybody wrote to the object since we read it."""
    return test("/metadata/resourceVersion", obj["metadata"]["resourceVersion"])


def was(op: Op, obj: object) -> str:
    """What is there now, for people."""
    found = at(obj, op.at)
    return "absent" if found is _NOTHING else json.dumps(found)


def at(obj: object, pointer: str) -> object:
    """What a pointer leads to; a value equal to no other where it leads nowhere."""
    for part in pointer.split("/")[1:]:
        obj = _below(obj, part.replace("~1", "/").replace("~0", "~"))
    return obj


def _below(obj: object, part: str) -> object:
    match obj:
        case dict():
            return obj.get(part, _NOTHING)
        case list() if part.isdigit() and int(part) < len(obj):
            return obj[int(part)]
        case _:
            return _NOTHING


def jsonpath(pointer: str) -> str:
    """The same place in the words of `kubectl -o jsonpath`: `.spec.http[0].route`."""
    parts = (part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:])
    return "".join(f"[{part}]" if part.isdigit() else f".{_dotless(part)}" for part in parts)


def _dotless(key: str) -> str:
    return key.replace(".", "\\.")

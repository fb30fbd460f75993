"""What differs between two snapshots of a plan, path by path."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import JsonValue

Change = tuple[str, "JsonValue", "JsonValue"]

MISSING = "—"


def changes(before: JsonValue, after: JsonValue, path: str = "") -> Iterator[Change]:
    """Every path whose value differs, with both values; `—` where there is none.

    List items are told apart by their `name` if they have one, else by position.
    """
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            deeper = f"{path}.{key}" if path else key
            yield from changes(before.get(key, MISSING), after.get(key, MISSING), deeper)
    elif isinstance(before, list) and isinstance(after, list):
        yield from changes(_keyed(before), _keyed(after), path)
    else:
        yield path, before, after


def _keyed(items: list[JsonValue]) -> JsonValue:
    return {_key(item, at): item for at, item in enumerate(items)}


def _key(item: JsonValue, at: int) -> str:
    name = item.get("name") if isinstance(item, dict) else None
    return str(name) if name is not None else str(at)

"""Write data as YAML the way a person would: blocks, `|` for long text, short lists inline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import yaml
from yaml.nodes import Node, ScalarNode

if TYPE_CHECKING:
    from pydantic import JsonValue

_WIDTH: Final = 100
_INLINE: Final = 60  # characters that still read well on one line


def write(data: JsonValue) -> str:
    """`data` as YAML in the order of its keys; `yaml_read.read` gives back the same data."""
    return yaml.dump(
        data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, indent=2
    )


class _Dumper(yaml.SafeDumper):
    """Never an alias, even for a part that occurs twice."""

    def ignore_aliases(self, _data: object) -> bool:
        return True

    def increase_indent(self, *args: bool, **kwargs: bool) -> None:
        """Indent the items of a list, as people do."""
        super().increase_indent(*args, **(kwargs | {"indentless": False}))


def _text(dumper: _Dumper, value: str) -> Node:
    style = "|" if "\n" in value else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _sequence(dumper: _Dumper, value: list[JsonValue]) -> Node:
    node = dumper.represent_sequence("tag:yaml.org,2002:seq", value)
    node.flow_style = _short(node.value)
    return node


def _mapping(dumper: _Dumper, value: dict[str, JsonValue]) -> Node:
    node = dumper.represent_mapping("tag:yaml.org,2002:map", value)
    parts = [part for pair in node.value for part in pair]
    node.flow_style = not parts or (len(parts) <= 6 and _short(parts))
    return node


def _short(parts: list[Node]) -> bool:
    scalars = [part for part in parts if isinstance(part, ScalarNode) and part.style != "|"]
    return len(scalars) == len(parts) and sum(len(part.value) + 2 for part in scalars) <= _INLINE


_Dumper.add_representer(str, _text)
_Dumper.add_representer(list, _sequence)
_Dumper.add_representer(dict, _mapping)

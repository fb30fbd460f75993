"""Change a few numbers in somebody else's YAML or JSON and leave every other letter as it is. Pure.

Comments, order and layout stay: only the letters of the numbers are exchanged, and the result is
held against what was there before it is used.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import yaml

from migrations_app.domain.errors import Permanent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Edit(NamedTuple):
    """A scalar and what it is to be, as it is written in the file."""

    node: yaml.ScalarNode
    text: str


class Field(NamedTuple):
    """The number under `key` of the object that has `name` under `by`."""

    by: str
    name: str
    key: str


def root(text: str) -> yaml.Node:
    """What the text is made of. `Permanent` if it is no YAML."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise Permanent(f"it is no YAML: {' '.join(str(error).split())[:200]}") from error
    if node is None:
        raise Permanent("it is empty.")
    return node


def entry(node: yaml.Node | None, *path: str) -> yaml.Node | None:
    """What lies below, key by key; None where there is nothing."""
    for key in path:
        pairs = node.value if isinstance(node, yaml.MappingNode) else []
        node = next((value for name, value in pairs if name.value == key), None)
    return node


def items(node: yaml.Node | None) -> list[yaml.Node]:
    """The elements of a list; none of anything else."""
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def mappings(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    """Every object in it, from the outside in."""
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from mappings(value)
    for one in items(node):
        yield from mappings(one)


def word(node: yaml.Node | None) -> str:
    """The text of a scalar; nothing of anything else."""
    return str(node.value) if isinstance(node, yaml.ScalarNode) else ""


def number(node: yaml.Node | None) -> int | None:
    """A whole number; None of anything else."""
    return int(word(node)) if re.fullmatch(r"[0-9]{1,9}", word(node)) else None


def edit(node: yaml.Node | None, text: str, what: str) -> Edit:
    """`Permanent` where there is no number to exchange: we add nothing to others' files."""
    if not isinstance(node, yaml.ScalarNode) or number(node) is None:
        raise Permanent(f"{what} is not written there as a whole number. Write it, such as 0.")
    return Edit(node, text)


def rewritten(text: str, edits: Sequence[Edit]) -> str:
    """The text with nothing else changed. `Permanent` where that can't be done."""
    new = text
    for one in sorted(edits, key=lambda one: _at(one.node), reverse=True):
        new = new[: _at(one.node)] + one.text + new[one.node.end_mark.index :]
    if not _only(text, new, edits):
        raise Permanent(
            "its numbers can't be exchanged without changing more than them. Write them out, "
            "without anchors and references."
        )
    return new


def sed(path: str, changes: Sequence[tuple[Field, str]]) -> str:
    """A shell line (GNU sed) that does the same to a file of the usual layout, by rename."""
    told = [f"s/{_pattern(field)}/\\1{text}/g" for field, text in changes]
    return f"sed -i -z -E '{'; '.join(told)}' '{path}'"


def as_sed_would(text: str, changes: Sequence[tuple[Field, str]]) -> str:
    """What that line makes of the text."""
    for field, value in changes:
        text = re.sub(_pattern(field), rf"\g<1>{value}", text)
    return text


def _pattern(field: Field) -> str:
    """Fit for Python and for sed: the number stands in the same object, after the name."""
    name = re.sub(r"[.|*+?()\[\]{}^$\\/]", r"\\\g<0>", field.name)
    after = r'"? *(#[^\n]*)?[,\n]'
    return f'([ {{,"-]{field.by}"?: *"?{name}{after}[^-0-9#}}]*{field.key}"?: *)[0-9]+'


def _only(old: str, new: str, edits: Sequence[Edit]) -> bool:
    """Whether the same things follow one another in both, but for the edits."""
    expected = {_at(one.node): yaml.safe_load(one.text) for one in edits}
    try:
        before, after = _events(old), _events(new)
    except yaml.YAMLError:
        return False
    told = [(what, str(expected.get(at, value))) for what, value, at in before]
    return len(expected) == len(edits) and told == [(what, str(value)) for what, value, _ in after]


def _events(text: str) -> list[tuple[object, object, int]]:
    return [
        (
            (type(one), getattr(one, "anchor", None), getattr(one, "tag", None)),
            getattr(one, "value", None),
            _at(one) if isinstance(one, yaml.ScalarEvent) else -1,
        )
        for one in yaml.parse(text, Loader=yaml.SafeLoader)
    ]


def _at(one: yaml.ScalarNode | yaml.ScalarEvent) -> int:
    """Where its letters begin; a parser of text always knows."""
    assert one.start_mark is not None  # noqa: S101 - only a stream that is no text has no marks
    return one.start_mark.index

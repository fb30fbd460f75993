"""Label matchers as PromQL and Alertmanager write them: `alertname="High", severity=~"page|crit"`.

They are read and written again, so that no value can end the quotes it stands in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LABEL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
LONGEST: Final = 500  # of a value, in characters

_MATCHER: Final = re.compile(
    rf"""\s*(?P<label>{LABEL.pattern})\s*(?P<op>=~|!~|!=|=)\s*
    (?:"(?P<double>(?:[^"\\\n]|\\.)*)"|'(?P<single>(?:[^'\\\n]|\\.)*)')\s*""",
    re.VERBOSE,
)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_MEANT: Final = {"n": "\n", "t": "\t", "\\": "\\", '"': '"', "'": "'"}
# A group that repeats can take for ever on a text made for it; without one no pattern can.
_REPEATED: Final = re.compile(r"(?<!\\)(?:\\\\)*\)[*+{]|\(\?[^:]|\\[1-9]")


class Op(StrEnum):
    """How a label is compared."""

    IS = "="
    IS_NOT = "!="
    LIKE = "=~"
    UNLIKE = "!~"


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label. A label that is missing is empty."""

    label: str
    op: Op
    value: str

    def __str__(self) -> str:
        return f'{self.label}{self.op.value}"{escaped(self.value)}"'

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether `labels` fulfil it. A pattern must match the whole value."""
        given = labels.get(self.label, "")
        if self.op in {Op.IS, Op.IS_NOT}:
            return (given == self.value) is (self.op is Op.IS)
        return (re.fullmatch(self.value, given) is not None) is (self.op is Op.LIKE)


def escaped(value: str) -> str:
    """`value` as it stands between double quotes."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")


def matchers(text: str) -> tuple[Matcher, ...]:
    """The matchers in `text`, with or without braces. `ValueError` with a sentence."""
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1].strip()
    return tuple(_each(inner)) if inner else ()


def _each(text: str) -> Iterator[Matcher]:
    at = 0
    while True:
        found = _MATCHER.match(text, at)
        if found is None:
            raise ValueError(
                f'"{text[at:].strip()[:40]}" is no label matcher: write them like '
                'severity="page", team=~"shop|web".'
            )
        yield _matcher(found)
        at = found.end()
        if at == len(text):
            return
        if text[at] != ",":
            raise ValueError(f'Label matchers are separated by commas, not by "{text[at]}".')
        at += 1
        if not text[at:].strip():
            return


def _matcher(found: re.Match[str]) -> Matcher:
    inside = found["double"] if found["double"] is not None else found["single"]
    value = _ESCAPED.sub(_meant, inside)
    if len(value) > LONGEST:
        raise ValueError(f"A label's value has at most {LONGEST} characters.")
    return Matcher(found["label"], Op(found["op"]), value)


def _meant(found: re.Match[str]) -> str:
    if found[1] not in _MEANT:
        raise ValueError(f'"{found[0]}" means nothing between quotes: a backslash is written \\\\.')
    return _MEANT[found[1]]


def require_simple(found: tuple[Matcher, ...]) -> None:
    """`ValueError` for a pattern that can't be read, or that could take for ever to try."""
    for one in found:
        if one.op in {Op.IS, Op.IS_NOT}:
            continue
        if _REPEATED.search(one.value):
            raise ValueError(
                f"{one} repeats or refers to a group, or looks around: write the alternatives out."
            )
        try:
            re.compile(one.value)
        except re.error as error:
            raise ValueError(f"{one} holds no pattern: {error}.") from None

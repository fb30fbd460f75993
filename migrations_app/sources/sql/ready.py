"""Ready-made questions: a name instead of a statement. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.sources.asked import parsed
from migrations_app.sources.value import NoValue, unfit

if TYPE_CHECKING:
    from collections.abc import Mapping

_STATEMENT: Final = re.compile(r"[\s(]*((select|with|values|table)\b|/\*|--)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """`nothing`: what it means when there is no row or NULL."""

    text: str
    args: tuple[str, ...] = ()
    nothing: str = ""


@dataclass(frozen=True, slots=True)
class Ready:
    """`text` with a placeholder for each of its `params`; `gives` says what, for the docs."""

    gives: str
    text: str
    nothing: str
    params: tuple[str, ...] = ()


def statement(text: str, ready: Mapping[str, Ready]) -> Statement | NoValue:
    """A statement as it was written, or the one behind a name."""
    if not text.strip() or "\x00" in text:
        return unfit("the query is empty, or holds a NUL")
    if _STATEMENT.match(text):
        return Statement(text)
    asked = parsed(text, {name: len(one.params) for name, one in ready.items()})
    if isinstance(asked, NoValue):
        return unfit(f"it is neither a SELECT nor a ready-made question: {asked.detail}")
    one = ready[asked.name]
    if len(asked.args) != len(one.params) or not all(asked.args):
        return unfit(f"write it as {written(asked.name, one)}")
    return Statement(one.text, asked.args, one.nothing)


def written(name: str, one: Ready) -> str:
    """`slot_bytes(slot)`."""
    return f"{name}({', '.join(one.params)})" if one.params else name

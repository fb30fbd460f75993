"""What is asked of an HTTP address, as it is written: `json(/stats, /orders/lag)`. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from migrations_app.sources.asked import parsed
from migrations_app.sources.value import NoValue, unfit

FORMS: Final = {
    "json": "json(/path, /pointer/to/the/number)",
    "text": "text(/path, words {number} words)",
    "status": "status(/path)",
    "up": "up(/path)",
    "ms": "ms(/path)",
}
_TWO: Final = frozenset({"json", "text"})
_MOST: Final = {name: 2 if name in _TWO else 1 for name in FORMS}
# What RFC 3986 allows in a path and a query. A second slash would start a host name.
_PATH: Final = re.compile(r"/(?!/)([A-Za-z0-9._~!$&'*+,;=:@/?-]|%[0-9A-Fa-f]{2})*")


@dataclass(frozen=True, slots=True)
class Question:
    """`how` to read the answer to a GET of `path`; `where` in it."""

    how: str
    path: str
    where: str = ""


def question(text: str) -> Question | NoValue:
    """What `text` asks, or what is wrong with it."""
    asked = parsed(text, _MOST)
    if isinstance(asked, NoValue):
        return asked
    needed = _MOST[asked.name]
    # The pointer to a whole document is empty.
    if len(asked.args) != needed and not (asked.name == "json" and len(asked.args) == 1):
        return unfit(f"write it as {FORMS[asked.name]}")
    where = asked.args[1] if len(asked.args) > 1 else ""
    if wrong := _wrong(asked.name, asked.args[0], where):
        return unfit(wrong)
    return Question(asked.name, asked.args[0], where)


def path_problem(text: str) -> str | None:
    """What is wrong with a path below the address, with its query if it has one."""
    if _PATH.fullmatch(text) and ".." not in text.partition("?")[0].split("/"):
        return None
    return (
        "a path begins with one slash, holds no .. and no fragment, and writes other than plain "
        "letters as %XX"
    )


def _wrong(how: str, path: str, where: str) -> str | None:
    if problem := path_problem(path):
        return problem
    if how == "json" and where and not where.startswith("/"):
        return "a pointer into JSON begins with a slash, as in /orders/lag (RFC 6901)"
    if how == "text" and where.count("{number}") != 1:
        return "say where the number stands, once: queue_depth {number}"
    return None

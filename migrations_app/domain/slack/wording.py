"""Slack's markup back into what people read. What comes out is data: nothing in it is trusted.

Source: Slack's "Formatting text": `&`, `<` and `>` are escaped, and `<…>` is a link, a channel,
a person, a group, a special mention or a date, with its label behind a bar.
"""

from __future__ import annotations

import re
from typing import Final

_ENTITY: Final = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_MARKUP: Final = re.compile(r"<([^<>]*)>|(&(?:lt|gt|amp);)")
# Controls but the newline, lone surrogates, and what reorders or hides text.
_HIDDEN: Final = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200b\u202a-\u202e\u2066-\u2069]"
)
_ESCAPED: Final = re.compile("&(?:lt|gt|amp);")
_SPACE: Final = re.compile(r"\s+")
ELLIPSIS: Final = "…"


def plain(raw: str, longest: int) -> str:
    """`raw` on one line, as people read it, of `longest` characters at most."""
    read = _HIDDEN.sub(" ", _MARKUP.sub(_read, raw))
    line = _SPACE.sub(" ", read).strip()
    return line if len(line) <= longest else line[: longest - 1].rstrip() + ELLIPSIS


def _read(found: re.Match[str]) -> str:
    """One piece of markup."""
    if found[2]:
        return _ENTITY[found[2]]
    target, _, label = found[1].partition("|")
    return _ESCAPED.sub(lambda one: _ENTITY[one[0]], _labelled(target, label))


def _labelled(target: str, label: str) -> str:
    match target[:1]:
        case "@" | "#":
            return target[0] + (label.removeprefix(target[0]) or target[1:])
        case "!":
            return label or "@" + target[1:].partition("^")[0]
        case _:
            return _linked(target.removeprefix("mailto:"), label)


def _linked(address: str, label: str) -> str:
    """Where it leads is always told, lest a label pass for another address."""
    if not label:
        return address
    typed = address in {label, f"http://{label}", f"https://{label}"}
    return label if typed else f"{label} ({address})"

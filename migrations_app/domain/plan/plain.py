"""Plain text only: what can be stored, shown and compared without surprises."""

from __future__ import annotations

import math
import unicodedata

from pydantic import JsonValue

JsonObject = dict[str, JsonValue]

# Cc: control characters; Cs: halves of a surrogate pair, which no encoding can carry; Zl and Zp:
# line ends that only some programs take for such.
_FORBIDDEN = frozenset({"Cc", "Cs", "Zl", "Zp"})
# These reorder what is shown, so that a command could read differently from what it does.
_REORDERING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_TOO_LARGE = 10**18


def plain_line(text: str) -> str:
    """`text` if it is one line without control characters and edges of white space."""
    if text != text.strip():
        raise ValueError("starts or ends with white space")
    return _without_control(text, allowed="")


def plain_text(text: str) -> str:
    """`text` if its only control characters are line ends and tabs."""
    return _without_control(text, allowed="\n\t")


def plain_object(value: JsonObject) -> JsonObject:
    """`value` if every text in it is plain and every number finite, however deep."""
    _walk(value)
    return value


def _without_control(text: str, allowed: str) -> str:
    for char in text:
        if char not in allowed and _is_control(char):
            raise ValueError(f"contains the control character U+{ord(char):04X}")
    return text


def _is_control(char: str) -> bool:
    return unicodedata.category(char) in _FORBIDDEN or char in _REORDERING


def _walk(value: JsonValue) -> None:
    match value:
        case str():
            plain_text(value)
        case float() if not math.isfinite(value):
            raise ValueError("contains a number that is not finite")
        case int() if abs(value) >= _TOO_LARGE:
            raise ValueError("contains a whole number of more than 18 digits: put it in quotes")
        case list():
            for item in value:
                _walk(item)
        case dict():
            for key, item in value.items():
                plain_line(key)
                _walk(item)
        case _:
            pass

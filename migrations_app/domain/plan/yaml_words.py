"""What an unquoted word of YAML means here.

Text, except `true`, `false`, `null`, whole numbers and decimals: `no` is a word and `1:30` is not
ninety. Every word that means something else than text is one that PyYAML quotes when it is text,
so that what we write is what we read.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pydantic import JsonValue

_INTEGER: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_DECIMAL: Final = re.compile(r"-?(0|[1-9][0-9]{0,17})\.[0-9]{1,25}(e[-+][0-9]{1,3})?")
_WORDS: Final[dict[str, JsonValue]] = {
    "": None,
    "~": None,
    "null": None,
    "true": True,
    "false": False,
}


def meaning(word: str) -> JsonValue:
    """The value of an unquoted scalar."""
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.fullmatch(word):
        return int(word)
    return float(word) if _DECIMAL.fullmatch(word) else word

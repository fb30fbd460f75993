"""What somebody typed into a search box, as the database's full-text search understands it."""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 200
AT_MOST: Final = 12

_PARTS: Final = re.compile(r"[\x00-/:-@\[-`{-\x7f]+")


def tsquery(text: str) -> str:
    """`orders-db lag` as `'orders db':* & 'lag':*`: all words, each by its beginning.

    Empty where no word is left. Whatever was typed, it is never a syntax error: everything that
    could be syntax parts words, as it does in what is searched.
    """
    typed = text[:LONGEST].encode("utf-8", "ignore").decode().split()
    words = [word for one in typed if (word := _PARTS.sub(" ", one).strip())]
    return " & ".join(f"'{word}':*" for word in words[:AT_MOST])

"""Text that came from somewhere else, in a Markdown document: it stays text, on its own line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SPACE: Final = re.compile(r"[\s\x00-\x1f\x7f\x85\u2028\u2029]+")
_TURNS: Final = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_SYNTAX: Final = re.compile(r"[\\`*_{}\[\]<>&~#$@:]|(?<=www)\.", re.IGNORECASE)


def inline(text: str) -> str:
    """`text` with nothing in it that Markdown, GitHub's included, reads as more than its letters.

    It must not stand at the beginning of a line. Whatever breaks a line becomes one space, and
    what turns the direction of writing becomes U+FFFD, so that no text leaves its line or cell.
    """
    flat = _TURNS.sub("\ufffd", _SPACE.sub(" ", text)).strip()
    return _SYNTAX.sub(r"\\\g<0>", flat).replace("|", "&#124;")


def row(cells: Iterable[str]) -> str:
    """One line of a table; the cells are plain text."""
    return f"| {' | '.join(inline(cell) for cell in cells)} |\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table with an empty line after it."""
    rule = f"|{'---|' * len(head)}\n"
    return row(head) + rule + "".join(map(row, rows)) + "\n"

"""What somebody asks with `/warroom`: one word, then what it is about."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Ask(StrEnum):
    """The words behind the command."""

    STATUS = "status"
    LINK = "link"
    UNLINK = "unlink"
    NOTE = "note"
    HELP = "help"


@dataclass(frozen=True, slots=True)
class Asked:
    """`about`: the run a status or a note is of; `text`: the note. `word`: as it was typed."""

    ask: Ask | None
    about: str = ""
    text: str = ""
    word: str = ""


def read(text: str) -> Asked:
    """What was typed behind the command, as people read it. A word we don't know has no `ask`."""
    word, _, rest = text.strip().partition(" ")
    rest = rest.strip()
    try:
        ask = Ask(word.lower() or Ask.STATUS)
    except ValueError:
        return Asked(None, word=word[:40])
    if ask is not Ask.NOTE:
        return Asked(ask, rest, word=word)
    about, _, said = rest.partition(" ")
    return Asked(ask, about, said.strip(), word)


HELP: Final = (
    ("/warroom", "the runs you may see: where each is, what it waits for, the next update"),
    ("/warroom status orders", "only those with `orders` in their name"),
    ("/warroom note orders We saw a spike at noon", "a note on that run's timeline"),
    ("/warroom link", "link your Slack account to your Warroom account"),
    ("/warroom unlink", "take that back"),
)
"""Each form and what it does."""

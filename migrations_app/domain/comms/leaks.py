"""The leak check: what an update would give away, where it says it, and why that is a leak.

It errs on the side of asking. Whoever publishes takes a finding out, or accepts it by name and with
a reason; what looks like a secret can't be accepted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator


class Leak(StrEnum):
    """What kind of thing would get out."""

    SECRET = "secret"  # noqa: S105 (a word, not a password)
    EMAIL = "email"
    ADDRESS = "address"
    LINK = "link"
    HOST = "host"
    QUERY = "query"
    PATH = "path"
    NAME = "name"
    LEFTOVER = "leftover"


_WHY = {
    Leak.SECRET: "looks like a secret",
    Leak.EMAIL: "is somebody's e-mail address",
    Leak.ADDRESS: "is a network address",
    Leak.LINK: "is a link, and where it leads is not for everybody",
    Leak.HOST: "looks like the name of a machine",
    Leak.QUERY: "looks like a query or a piece of code",
    Leak.PATH: "is a path in a file system",
    Leak.NAME: "is a name from inside the house",
    Leak.LEFTOVER: "is a variable that was not filled in",
}


@dataclass(frozen=True, slots=True)
class Found:
    """One finding: `text` stands at `start` (an index into the text that was checked)."""

    kind: Leak
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def sentence(self) -> str:
        """Why it is one. A secret is not repeated."""
        shown = "This" if self.kind is Leak.SECRET else f'"{self.text}"'
        return f"{shown} {_WHY[self.kind]}."

    @property
    def acceptable(self) -> bool:
        """Whether somebody may publish it all the same, by name and with a reason."""
        return self.kind not in {Leak.SECRET, Leak.LEFTOVER}


_SECRETS = re.compile(
    r"-----BEGIN [A-Z ]+-----"
    r"|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b"
    r"|\bxox[abeoprs]-[\w-]{8,}"
    r"|\b(?:gh[pousr]_|glpat-|sk-|sk_live_|wr_)[\w-]{16,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?"
    r"|(?i:\b(?:password|passwd|secret|token|api[_-]?key)\s*[:=]\s*\S+)"
    r"|\b(?=[A-Za-z0-9+/_-]*[0-9])(?=[A-Za-z0-9+/_-]*[A-Za-z])[A-Za-z0-9+/_-]{32,}={0,2}"
)
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*")
_LINK = re.compile(r"\b[a-z][a-z0-9+.-]*://\S+", re.IGNORECASE)
_V4 = re.compile(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d+|/\d+)?(?![\w.]*\w)")
_V6 = re.compile(
    r"(?<![\w:])\[?(?=[0-9a-fA-F:]*::|(?:[0-9a-fA-F]+:){7})[0-9a-fA-F:]{3,}\]?(?![\w:])"
)
_HOST = re.compile(
    r"\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:[a-z]{2,}|local|internal|lan|corp|svc|cluster)\b(?::\d+)?", re.IGNORECASE,
)  # fmt: skip
_MACHINE = re.compile(
    r"\b(?=[a-z0-9-]*\d)[a-z][a-z0-9]*(?:-[a-z0-9]+)+\b|\blocalhost\b", re.IGNORECASE
)
_QUERY = re.compile(
    r"\bselect\b[^.]{1,200}\bfrom\b\s+(?!(?:the|a|an|our|your|this|that)\b)\w+|\b(?:insert\s+into|delete\s+from|drop\s+table|alter\s+table)\b"
    r"\s+\w+|\bupdate\s+\w+\s+set\b"
    r"|\b(?:rate|irate|increase|sum|avg|max|min|histogram_quantile)\s*(?:by\s*)?\([^)\n]*"
    r"|\w+\{[^}\n]*=~?\s*\"[^}\n]*\}|\[\d+[smhd]\]", re.IGNORECASE,
)  # fmt: skip
_PATH = re.compile(r"(?<![\w/.])/(?:[\w.-]+/)+[\w.-]*|\b[A-Za-z]:\\\S+")
_LEFTOVER = re.compile(r"\{\s*\w*\s*\}")
_DOTTED = frozenset({"e.g", "i.e", "a.m", "p.m", "etc", "u.s"})


def leaks(text: str, names: Collection[str] = ()) -> list[Found]:
    """Everything in `text` that should not get out, by place; no two findings overlap.

    `names`: words from inside: hosts, routes, checks, people, code names. Whole words, in any case.
    """
    taken: list[Found] = []
    for look in _LOOKS:
        taken += [one for one in look(text) if not _overlaps(one, taken)]
    taken += [one for one in _names(text, names) if not _overlaps(one, taken)]
    return sorted(taken, key=lambda one: one.start)


def open_leaks(found: Collection[Found], accepted: Collection[str]) -> list[Found]:
    """The findings that still stand in the way when the texts in `accepted` are let through."""
    let = {text.casefold() for text in accepted}
    return [one for one in found if not (one.acceptable and one.text.casefold() in let)]


def _overlaps(one: Found, taken: Collection[Found]) -> bool:
    return any(one.start < other.end and other.start < one.end for other in taken)


def _by(kind: Leak, pattern: re.Pattern[str]) -> Callable[[str], Iterator[Found]]:
    def look(text: str) -> Iterator[Found]:
        for match in pattern.finditer(text):
            yield Found(kind, match[0], match.start())

    return look


def _addresses(text: str) -> Iterator[Found]:
    for match in (*_V4.finditer(text), *_V6.finditer(text)):
        if _is_address(match[0]):
            yield Found(Leak.ADDRESS, match[0], match.start())


def _is_address(text: str) -> bool:
    bare = text.strip("[]")
    if "." in bare:
        bare = re.split(r"[:/]", bare)[0]
    try:
        ip_address(bare)
    except ValueError:
        return False
    return True


def _hosts(text: str) -> Iterator[Found]:
    for match in _HOST.finditer(text):
        if match[0].casefold() not in _DOTTED:
            yield Found(Leak.HOST, match[0], match.start())


def _names(text: str, names: Collection[str]) -> Iterator[Found]:
    words = sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True)
    if not words:
        return
    one_of = "|".join(re.escape(word) for word in words)
    for match in re.finditer(rf"(?<!\w)(?:{one_of})(?!\w)", text, re.IGNORECASE):
        yield Found(Leak.NAME, match[0], match.start())


_LOOKS = (
    _by(Leak.SECRET, _SECRETS),
    _by(Leak.LINK, _LINK),
    _by(Leak.EMAIL, _EMAIL),
    _addresses,
    _by(Leak.QUERY, _QUERY),
    _by(Leak.PATH, _PATH),
    _hosts,
    _by(Leak.HOST, _MACHINE),
    _by(Leak.LEFTOVER, _LEFTOVER),
)
"""The more certain first: where two agree on a place, the first one names it."""

"""How many transactions a replica has been sent but not executed, by their global ids. Pure.

MySQL writes sets of intervals per server (`uuid:1-5:7`), MariaDB the last one per domain
(`0-1-100`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Final

# A tag (MySQL 8.3 and later) belongs to its server's name.
_SET: Final = re.compile(
    r"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?::[a-z_][a-z0-9_]*)?)((?::\d+(?:-\d+)?)+)",
    re.IGNORECASE | re.ASCII,
)
_LAST: Final = re.compile(r"(\d+)-\d+-(\d+)", re.ASCII)
Spans = dict[str, list[tuple[int, int]]]


def missing(sent: str, done: str) -> int | None:
    """How many of `sent` are not in `done`; None where either can't be read."""
    if _LAST.match(sent.strip()):
        return _missing_last(sent, done)
    ours, theirs = _spans(sent), _spans(done)
    if ours is None or theirs is None:
        return None
    return sum(_outside(span, theirs[name]) for name, spans in ours.items() for span in spans)


def _missing_last(sent: str, done: str) -> int | None:
    ours, theirs = _domains(sent), _domains(done)
    if not ours or theirs is None:
        return None
    return sum(max(0, last - theirs.get(domain, 0)) for domain, last in ours.items())


def _domains(text: str) -> dict[str, int] | None:
    found = [_LAST.fullmatch(part.strip()) for part in text.split(",") if part.strip()]
    if not all(found):
        return None
    return {match[1]: int(match[2]) for match in found if match}


def _spans(text: str) -> Spans | None:
    spans: Spans = defaultdict(list)
    for part in filter(None, re.split(r"[,\s]+", text)):
        match = _SET.fullmatch(part)
        if match is None:
            return None
        for span in match[2][1:].split(":"):
            first, _, last = span.partition("-")
            spans[match[1].lower()].append((int(first), int(last or first)))
    return spans


def _outside(span: tuple[int, int], others: list[tuple[int, int]]) -> int:
    """How many of `span` lie in none of `others`."""
    first, last = span
    count = 0
    for begin, end in sorted(others):
        count += max(0, min(begin, last + 1) - first)
        first = max(first, end + 1)
    return count + max(0, last + 1 - first)

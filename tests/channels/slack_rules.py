"""What Slack accepts in a message, as its Block Kit reference states it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.channels.slack_view_rules import action_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_BLOCKS = 50
ALL_BLOCKS = 13_000  # measured by others: refused at 13,200 to 13,300 characters
LONGEST_TEXT = 40_000
# What rings people: <!channel>, <!here>, <!subteam^S1>, <@U1>.
ACTIVE = re.compile(r"<[!@][^>]*>")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def problems(blocks: Sequence[object]) -> list[str]:
    """Everything Slack would refuse these blocks for."""
    found = [problem for block in blocks for problem in _block(block)]
    if len(blocks) > MOST_BLOCKS:
        found.append(f"{len(blocks)} blocks")
    if units(json.dumps(blocks, ensure_ascii=False)) > ALL_BLOCKS:
        found.append("msg_blocks_too_long")
    return found


def mentions(text: str, blocks: Sequence[object]) -> list[str]:
    """Everything in a message that would notify somebody."""
    return ACTIVE.findall(text) + ACTIVE.findall(json.dumps(blocks, ensure_ascii=False))


def _block(block: object) -> Iterator[str]:
    match block:
        case {"type": "header", "text": {"type": "plain_text", "text": str(text)}}:
            yield from _length("header", text, 150)
        case {"type": "section", "text": {"type": "mrkdwn", "text": str(text)}}:
            yield from _length("section", text, 3000)
        case {"type": "actions", "elements": [*buttons], **rest} if not rest:
            yield from action_problems(buttons)
        case {"type": "section", "fields": [*fields]}:
            yield from _fields(fields)
        case {"type": "context", "elements": [{"type": "mrkdwn", "text": str(text)}]}:
            yield from _length("context", text, 3000)
        case _:
            yield f"unknown block {block!r:.100}"


def _fields(fields: Sequence[object]) -> Iterator[str]:
    if not 1 <= len(fields) <= 10:
        yield f"{len(fields)} fields"
    for field in fields:
        match field:
            case {"type": "mrkdwn", "text": str(text)}:
                yield from _length("field", text, 2000)
            case _:
                yield f"unknown field {field!r:.100}"


def _length(what: str, text: str, limit: int) -> Iterator[str]:
    if not 1 <= units(text) <= limit:
        yield f"{what} of {units(text)} characters"

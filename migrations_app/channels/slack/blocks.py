"""A message as Slack shows it: pure, and within every limit of Slack's Block Kit.

The sum over all blocks has an undocumented limit of about 13,000 characters
(`msg_blocks_too_long`), so the budgets below stay well under it; what does not fit is counted,
and the room has it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.channels.slack.text import (
    clip,
    cut,
    link,
    one_line,
    safe,
    size,
    visible,
)
from migrations_app.domain.message import Look, Tone

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrations_app.domain.message import Button, Confirm, Message

    Block = dict[str, object]

HEADER = 150
SECTION = 3000
FALLBACK = 3000  # Slack recommends at most 4,000 for `text`
FIELDS = 10  # in one section
LABEL = 75
VALUE = 500  # Slack allows 2,000 for label and value together
TITLE = 100  # of a question before a button counts
QUESTION = 300
ANSWER = 30
ALL_LINES = 5000
ALL_FACTS = 3500

ICONS = {Tone.CALM: "ℹ️", Tone.NOTICE: "⚠️", Tone.ALARM: "🚨"}


def render(message: Message) -> tuple[str, list[Block]]:
    """The plain text for notifications and screen readers, and the blocks for everyone else."""
    lines = _fit([clip(safe(line), SECTION) for line in message.lines], ALL_LINES, "line")
    facts = [(one_line(label), one_line(value)) for label, value in message.facts]
    blocks = [_header(message), *_sections(lines), *_fact_sections(facts)]
    blocks += [_actions(row) for row in message.rows]
    if message.link and (room := link(message.link, "Open the room")):
        blocks.append({"type": "context", "elements": [_mrkdwn(room)]})
    return _fallback(message, lines, facts), blocks


def title(message: Message) -> str:
    """Tone as icon and word, then the headline: readable without any colour."""
    return f"{ICONS[message.tone]} {message.tone.upper()}: {one_line(message.headline)}"


def _header(message: Message) -> Block:
    text = {"type": "plain_text", "text": clip(title(message), HEADER), "emoji": False}
    return {"type": "header", "text": text}


def _sections(lines: Sequence[str]) -> Iterator[Block]:
    page = ""
    for line in lines:
        if page and size(page) + 1 + size(line) > SECTION:
            yield {"type": "section", "text": _mrkdwn(page)}
            page = ""
        page = f"{page}\n{line}" if page else line
    if page.strip():
        yield {"type": "section", "text": _mrkdwn(page)}


def _fact_sections(facts: Sequence[tuple[str, str]]) -> Iterator[Block]:
    fields = _fit([_field(label, value) for label, value in facts], ALL_FACTS, "fact")
    for start in range(0, len(fields), FIELDS):
        page = [_mrkdwn(field) for field in fields[start : start + FIELDS]]
        yield {"type": "section", "fields": page}


def _field(label: str, value: str) -> str:
    name = clip(label.replace("*", ""), LABEL) or "–"
    return f"*{name}*\n{clip(value, VALUE) or '–'}"


def _actions(row: Sequence[Button]) -> Block:
    # Without a block_id of ours: Slack wants another one whenever a message is updated.
    return {"type": "actions", "elements": [_button(one) for one in row]}


def _button(one: Button) -> Block:
    shown: Block = {"type": "button", "action_id": one.action, "text": plain(one.label, LABEL)}
    if one.link:
        shown["url"] = one.link
    if one.value:
        shown["value"] = one.value
    if one.look is not Look.PLAIN:
        shown["style"] = one.look.value
    if one.confirm:
        shown["confirm"] = _confirm(one.confirm, one.look)
    return shown


def _confirm(asked: Confirm, look: Look) -> Block:
    style = {} if look is Look.PLAIN else {"style": look.value}
    return {
        "title": plain(asked.title, TITLE),
        "text": plain(asked.text, QUESTION),
        "confirm": plain(asked.yes, ANSWER),
        "deny": plain(asked.no, ANSWER),
        **style,
    }


def plain(raw: str, limit: int) -> Block:
    """Text in which nothing is markup. Slack does not unescape it, so that nothing is escaped."""
    shown = cut(visible(raw), limit) or "–"
    return {"type": "plain_text", "text": shown, "emoji": False}


def _fit(parts: Sequence[str], budget: int, noun: str) -> list[str]:
    """As many parts as the budget holds, and how many were left out."""
    kept: list[str] = []
    for part in parts:
        budget -= size(part) + 1
        if budget < 0:
            left = len(parts) - len(kept)
            return [*kept, f"… and {left} more {noun}{'s' if left > 1 else ''}: see the room"]
        kept.append(part)
    return kept


def _fallback(message: Message, lines: Sequence[str], facts: Sequence[tuple[str, str]]) -> str:
    said = [title(message), *lines, *(f"{label}: {value}" for label, value in facts)]
    return clip("\n".join(said), FALLBACK)


def _mrkdwn(text: str) -> Block:
    # verbatim: Slack must not go looking for names, channels and addresses in plain text.
    return {"type": "mrkdwn", "text": text, "verbatim": True}

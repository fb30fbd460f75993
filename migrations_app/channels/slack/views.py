"""Forms and answers, as Slack shows them: pure, and within the limits of its Block Kit.

Source: Slack's reference of modal views, input blocks and `response_action`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.channels.slack.blocks import plain
from migrations_app.channels.slack.text import clip, cut, link, safe, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    Json = dict[str, object]

_TITLE: Final = 24
_SUBMIT: Final = 24
_LABEL: Final = 150
_SECTION: Final = 3000
_LONGEST: Final = 3000
_ERROR: Final = 150
REASON: Final = "reason"
"""Block and action of the one field a form may have."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form over Slack's window. `about` comes back with it. `reason`: the label of a field that
    has to be filled in, with at most `longest` characters; empty for a form without one."""

    callback: str
    title: str
    submit: str
    about: str
    lines: tuple[str, ...] = ()
    reason: str = ""
    longest: int = 500


def form(one: Form) -> Json:
    """The view to open."""
    field = [_field(one)] if one.reason else []
    return {
        "type": "modal",
        "callback_id": one.callback,
        "private_metadata": one.about,
        "title": plain(one.title, _TITLE),
        "submit": plain(one.submit, _SUBMIT),
        "close": plain("Cancel", _SUBMIT),
        "blocks": [*_sections(one.lines), *field],
    }


def outcome(title: str, sentence: str, room: str) -> Json:
    """The answer to a form that was sent: it says what came of it, in the form's place."""
    blocks = list(_sections([sentence])) + _way(room)
    view = {"type": "modal", "title": plain(title, _TITLE), "close": plain("Close", _SUBMIT),
            "blocks": blocks}  # fmt: skip
    return {"response_action": "update", "view": view}


def mistake(sentence: str) -> Json:
    """The answer to a form whose field has to be filled in otherwise."""
    errors = {REASON: cut(visible(sentence), _ERROR)}
    return {"response_action": "errors", "errors": errors}


def whisper(sentences: Sequence[str], links: Sequence[tuple[str, str]] = ()) -> Json:
    """An answer that only the person sees who asked. `links` are addresses with their labels."""
    said = [safe(sentence) for sentence in sentences]
    ways = " · ".join(filter(None, (link(url, label) for url, label in links)))
    text = clip("\n".join(said), _LONGEST) + (f"\n{ways}" if ways else "")
    return {"response_type": "ephemeral", "replace_original": False, "text": text}


def _field(one: Form) -> Json:
    element = {"type": "plain_text_input", "action_id": REASON, "max_length": one.longest,
               "multiline": True, "focus_on_load": True}  # fmt: skip
    label = plain(one.reason, _LABEL)
    return {"type": "input", "block_id": REASON, "label": label, "element": element}


def _sections(lines: Sequence[str]) -> list[Json]:
    text = clip("\n".join(safe(line) for line in lines), _SECTION)
    return [{"type": "section", "text": _mrkdwn(text)}] if text.strip() else []


def _way(room: str) -> list[Json]:
    shown = link(room, "Open the room")
    return [{"type": "context", "elements": [_mrkdwn(shown)]}] if shown else []


def _mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text, "verbatim": True}

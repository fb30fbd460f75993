"""A message that people wrote in a channel, and the way to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.channels.slack.calls import text
from migrations_app.domain.errors import Permanent

if TYPE_CHECKING:
    from migrations_app.channels.slack.calls import Caller


@dataclass(frozen=True, slots=True)
class Quoted:
    """`said` is in Slack's markup. `by`: the account that wrote it, empty for an app's.

    `thread`: the message it replies to; empty for one of the channel's own.
    """

    said: str
    by: str
    thread: str
    link: str


def quoted(caller: Caller, channel: str, ts: str) -> Quoted:
    """Ask for one message. Raises `Permanent` when it is gone, as `Caller` does otherwise."""
    # For a reply, conversations.replies gives the reply itself; the history would not have it.
    page = caller.read("conversations.replies", channel=channel, ts=ts, limit=1)
    found = next((row for row in page.rows("messages") if text(row, "ts") == ts), None)
    if found is None:
        raise Permanent("That message is no longer there.")
    way = caller.read("chat.getPermalink", channel=channel, message_ts=ts)
    thread = text(found, "thread_ts")
    return Quoted(
        said=text(found, "text"),
        by=text(found, "user"),
        thread=thread if thread != ts else "",
        link=way.text("permalink"),
    )

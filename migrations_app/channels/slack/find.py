"""Is a message with this key in Slack? Slack has no idempotency key, so ours rides in the
message's metadata and is looked up in the channel's history and in the threads of our own
messages.

The search is bounded: the newest 1,000 messages of the channel, and in each of the newest three
threads the half hour before the last reply. It is asked for right after an unknown outcome, when
the message, if it exists, is among the newest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.channels.slack.advice import GONE
from migrations_app.channels.slack.calls import inner, text
from migrations_app.channels.slack.errors import SlackRefused
from migrations_app.domain.errors import Permanent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from migrations_app.channels.slack.calls import Caller

    Posted = Mapping[str, object]

EVENT_TYPE = "warroom"
PAGE = 200  # messages, as Slack recommends
HISTORY_PAGES = 5
THREADS = 3
THREAD_PAGES = 10  # half an hour of replies at one a second
RECENT = 1800.0  # seconds before the last reply of a thread
CHANNEL_PAGES = 10


def metadata(key: str) -> dict[str, object]:
    """What a message carries so that it can be found again."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": key}}


def locate(caller: Caller, channel: str, key: str, known: Sequence[str]) -> str | None:
    """The timestamp of the message with this key, or None when there is none.

    `known` are timestamps of live messages, newest first; threads met in the history are added.
    Raises `Transient` or `Permanent` when Slack can't be asked: then nothing is known.
    """
    threads = dict.fromkeys(known)
    for posted in _history(caller, channel):
        if _key(posted) == key:
            return text(posted, "ts")
        if _key(posted) and posted.get("reply_count"):
            threads.setdefault(text(posted, "ts"))
    for thread in list(threads)[:THREADS]:
        for reply in _recent_replies(caller, channel, thread):
            if _key(reply) == key:
                return text(reply, "ts")
    return None


def channel_id(caller: Caller, name: str) -> str:
    """The ID behind `#name`, among the channels the app is in. Public ones are asked for first,
    so that the scope for private ones is needed only by those who use one."""
    for kind in ("public_channel", "private_channel"):
        for row in _channels(caller, kind):
            if text(row, "name") == name.removeprefix("#"):
                return text(row, "id")
    raise Permanent(
        f"The Warroom app is in no channel called {name}: invite it to {name} (/invite in that"
        " channel), or configure the channel by its ID (C…)."
    )


def _channels(caller: Caller, kind: str) -> Iterator[Posted]:
    cursor: str | None = None
    for _ in range(CHANNEL_PAGES):
        page = caller.read(
            "users.conversations", types=kind, exclude_archived=True, limit=PAGE, cursor=cursor
        )
        yield from page.rows("channels")
        if not (cursor := page.cursor()):
            return


def _history(caller: Caller, channel: str) -> Iterator[Posted]:
    cursor: str | None = None
    for _ in range(HISTORY_PAGES):
        page = caller.read(
            "conversations.history",
            channel=channel,
            include_all_metadata=True,
            limit=PAGE,
            cursor=cursor,
        )
        yield from page.rows("messages")
        if not (cursor := page.cursor()):
            return


def _recent_replies(caller: Caller, channel: str, thread: str) -> Iterator[Posted]:
    # Slack gives the oldest replies first, so a long thread is entered shortly before its end.
    oldest = _shortly_before(_latest_reply(caller, channel, thread))
    cursor: str | None = None
    for _ in range(THREAD_PAGES if oldest else 0):
        page = caller.read(
            "conversations.replies",
            channel=channel,
            ts=thread,
            include_all_metadata=True,
            oldest=oldest,
            limit=PAGE,
            cursor=cursor,
        )
        yield from page.rows("messages")
        if not (cursor := page.cursor()):
            return


def _latest_reply(caller: Caller, channel: str, thread: str) -> str:
    """The timestamp of the newest reply; empty when there is none or the thread is gone."""
    try:
        answer = caller.read("conversations.replies", channel=channel, ts=thread, limit=1)
    except SlackRefused as refused:
        if refused.error in GONE:
            return ""
        raise
    return next((text(parent, "latest_reply") for parent in answer.rows("messages")), "")


def _shortly_before(ts: str) -> str:
    try:
        return f"{float(ts) - RECENT:.6f}"
    except ValueError:
        return ""


def _key(posted: Posted) -> str:
    data = inner(posted, "metadata")
    ours = text(data, "event_type") == EVENT_TYPE
    return text(inner(data, "event_payload"), "key") if ours else ""

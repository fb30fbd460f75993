"""Putting messages where they belong: posts, the one live message, the thread below it."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrations_app.channels.base import Receipt
from migrations_app.channels.slack.advice import GONE
from migrations_app.channels.slack.blocks import render
from migrations_app.channels.slack.calls import inner, text
from migrations_app.channels.slack.errors import SlackRefused
from migrations_app.channels.slack.find import THREADS, channel_id, locate, metadata
from migrations_app.domain.errors import SeamError, Transient, UnknownOutcome

if TYPE_CHECKING:
    from migrations_app.channels.slack.calls import Caller
    from migrations_app.domain.message import Message

ANCHOR = re.compile(r"([A-Z0-9]+):(\d+\.\d+)")
# Slack un-threads a reply without a word when the message it replies to was deleted.
STRAYED = "The live message is gone, so Slack put this into the channel instead of its thread."


@dataclass(slots=True)
class Known:
    """What was learnt of Slack, shared by threads; losing it costs a call, never a message.

    `place` is the channel as configured, `id` its ID once known, `pins` the reason why a live
    message could not be pinned by its anchor (empty: it is pinned), `threads` the newest anchors.
    """

    place: str
    id: str = ""
    pins: dict[str, str] = field(default_factory=dict)
    threads: deque[str] = field(default_factory=lambda: deque(maxlen=THREADS))

    def __post_init__(self) -> None:
        self.id = "" if self.place.startswith("#") else self.place

    def remember(self, anchor: str) -> None:
        if anchor not in self.threads:
            self.threads.appendleft(anchor)

    def resolve(self, caller: Caller) -> str:
        """The channel's ID, asked for once."""
        if not self.id:
            self.id = channel_id(caller, self.place)
        return self.id


@dataclass(frozen=True, slots=True)
class Poster:
    """One delivery: its caller lives, and waits, no longer than that."""

    caller: Caller
    known: Known

    def post(self, message: Message) -> Receipt:
        return self._post(message, self.known.id or self.known.place)

    def live(self, message: Message) -> Receipt:
        """Replace the live message, or post it when there is none that can be replaced."""
        channel, ts = split(message.anchor)
        if not ts:
            return self._first_live(message)
        if self._updated(message, channel, ts):
            return self._pinned(channel, ts)
        # An earlier try may have posted a new one and lost the answer; there must not be two.
        newer = locate(self.caller, channel, message.key, [])
        if newer and newer != ts and self._updated(message, channel, newer):
            return self._pinned(channel, newer)
        return self._first_live(message)

    def sample(self, message: Message) -> Receipt:
        channel, ts = split(message.anchor)
        if not ts:
            raise Transient("The run's live message is not there yet; its thread takes samples.")
        self.known.remember(f"{channel}:{ts}")
        try:
            return self._post(message, channel, ts)
        except SlackRefused as refused:
            if refused.error not in GONE:
                raise
        raise Transient("The run's live message is gone; the next one takes samples.")

    def _first_live(self, message: Message) -> Receipt:
        channel, ts = split(self.post(message).anchor)
        return self._pinned(channel, ts)

    def _post(self, message: Message, channel: str, thread: str | None = None) -> Receipt:
        said = _content(message) | {
            "channel": channel,
            "thread_ts": thread,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        answer = self.caller.write("chat.postMessage", said, repeatable=False)
        place, ts = answer.text("channel"), answer.text("ts")
        if not (place and ts):
            raise UnknownOutcome("Slack took the message without saying where it is.")
        if channel == self.known.place:
            self.known.id = place
        strayed = bool(thread) and not text(inner(answer.data, "message"), "thread_ts")
        return Receipt(f"{place}:{ts}", STRAYED if strayed else "")

    def _updated(self, message: Message, channel: str, ts: str) -> bool:
        """False when that message is gone or can't be changed any more."""
        said = _content(message) | {"channel": channel, "ts": ts}
        try:
            self.caller.write("chat.update", said, repeatable=True)
        except SlackRefused as refused:
            if refused.error not in GONE:
                raise
            return False
        return True

    def _pinned(self, channel: str, ts: str) -> Receipt:
        """The live message's receipt, pinned if that is possible: a message that is there but not
        pinned is better than none, so whatever goes wrong here is told and nothing more."""
        anchor = f"{channel}:{ts}"
        self.known.remember(anchor)
        if anchor in self.known.pins:
            return Receipt(anchor, self.known.pins[anchor])
        try:
            self.caller.read("pins.add", channel=channel, timestamp=ts)
        except SlackRefused as refused:
            pinned = refused.error == "already_pinned"
            self.known.pins[anchor] = "" if pinned else f"Not pinned: {refused}"
        except SeamError as error:
            return Receipt(anchor, f"Not pinned yet: {error}")
        return Receipt(anchor, self.known.pins.setdefault(anchor, ""))


def split(anchor: str | None) -> tuple[str, str]:
    """Channel and timestamp; both empty for an anchor that is not Slack's."""
    found = ANCHOR.fullmatch(anchor or "")
    return (found[1], found[2]) if found else ("", "")


def _content(message: Message) -> dict[str, object]:
    fallback, blocks = render(message)
    # chat.update, unlike chat.postMessage, would otherwise go looking for names to link.
    return {
        "text": fallback,
        "blocks": blocks,
        "metadata": metadata(message.key),
        "parse": "none",
        "link_names": False,
    }

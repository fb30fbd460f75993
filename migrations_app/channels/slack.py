"""Slack: one pinned live message per run, updated in place; its thread for samples; posts for
everything that has to be seen.

Source: Slack's Web API methods chat.postMessage, chat.update, pins.add, conversations.history,
conversations.replies, users.conversations and auth.test.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, ClassVar

from migrations_app.channels.base import Receipt, Style
from migrations_app.channels.slack_advice import GONE
from migrations_app.channels.slack_blocks import render
from migrations_app.channels.slack_calls import Caller, inner, text
from migrations_app.channels.slack_config import SlackConfig
from migrations_app.channels.slack_doctor import examine
from migrations_app.channels.slack_errors import SlackRefused
from migrations_app.channels.slack_find import THREADS, channel_id, locate, metadata
from migrations_app.channels.slack_wire import Wire
from migrations_app.domain.errors import SeamError, Transient, UnknownOutcome

if TYPE_CHECKING:
    from pydantic import BaseModel

    from migrations_app.channels.base import Message
    from migrations_app.domain.finding import Finding

ANCHOR = re.compile(r"([A-Z0-9]+):(\d+\.\d+)")
# Slack un-threads a reply without a word when the message it replies to was deleted.
STRAYED = "The live message is gone, so Slack put this into the channel instead of its thread."


class SlackChannel:
    """Renders and sends; an anchor is `CHANNEL:ts`.

    Updating a message and pinning it are repeatable, so their unknown outcomes are `Transient`;
    only a post raises `UnknownOutcome`. Nothing is kept but what was learnt of Slack: the
    channel's ID, which messages are pinned, which threads are ours.
    """

    kind: ClassVar[str] = "slack"
    Config: ClassVar[type[BaseModel]] = SlackConfig
    min_interval: ClassVar[float] = 1.0  # Slack: about one message a second per channel

    def __init__(self, config: SlackConfig) -> None:
        token = config.token.get_secret_value()
        self._caller = Caller(Wire(token, config.base_url, config.timeout), config.channel)
        self._channel = config.channel
        self._id = "" if config.channel.startswith("#") else config.channel
        self._pins: dict[str, str] = {}  # anchor -> why it could not be pinned, empty if it was
        self._threads: deque[str] = deque(maxlen=THREADS)

    def __repr__(self) -> str:
        return f"SlackChannel({self._channel})"

    def deliver(self, message: Message) -> Receipt:
        match message.style:
            case Style.POST:
                return self._post(message, self._id or self._channel)
            case Style.LIVE:
                return self._live(message)
            case Style.SAMPLE:
                return self._sample(message)

    def find(self, key: str) -> Receipt | None:
        """See `slack_find` for how far back it looks."""
        channel = self._resolve()
        known = [ts for place, ts in map(_split, self._threads) if place == channel]
        ts = locate(self._caller, channel, key, known)
        return Receipt(f"{channel}:{ts}", "Found in Slack.") if ts else None

    def check(self) -> list[Finding]:
        return examine(self._caller, self._resolve)

    def close(self) -> None:
        """Nothing to close: every call has a connection of its own."""

    def _live(self, message: Message) -> Receipt:
        channel, ts = _split(message.anchor)
        if not ts:
            return self._first_live(message)
        try:
            self._update(message, channel, ts)
        except SlackRefused as refused:
            if refused.error not in GONE:
                raise
            return self._first_live(message)
        return self._pinned(channel, ts)

    def _first_live(self, message: Message) -> Receipt:
        channel, ts = _split(self._post(message, self._id or self._channel).anchor)
        return self._pinned(channel, ts)

    def _sample(self, message: Message) -> Receipt:
        channel, ts = _split(message.anchor)
        if not ts:
            raise Transient("The run's live message is not there yet; its thread takes samples.")
        self._remember(f"{channel}:{ts}")
        try:
            return self._post(message, channel, ts)
        except SlackRefused as refused:
            if refused.error not in GONE:
                raise
        raise Transient("The run's live message is gone; its next one takes samples.")

    def _post(self, message: Message, channel: str, thread: str | None = None) -> Receipt:
        said = self._content(message) | {
            "channel": channel,
            "thread_ts": thread,
            "unfurl_links": False,
            "unfurl_media": False,
        }
        answer = self._caller.write("chat.postMessage", said, repeatable=False)
        place, ts = answer.text("channel"), answer.text("ts")
        if not (place and ts):
            raise UnknownOutcome("Slack took the message without saying where it is.")
        if channel == self._channel:
            self._id = place
        strayed = bool(thread) and not text(inner(answer.data, "message"), "thread_ts")
        return Receipt(f"{place}:{ts}", STRAYED if strayed else "")

    def _update(self, message: Message, channel: str, ts: str) -> None:
        said = self._content(message) | {"channel": channel, "ts": ts}
        self._caller.write("chat.update", said, repeatable=True)

    def _content(self, message: Message) -> dict[str, object]:
        fallback, blocks = render(message)
        # chat.update, unlike chat.postMessage, would otherwise go looking for names to link.
        return {
            "text": fallback,
            "blocks": blocks,
            "metadata": metadata(message.key),
            "parse": "none",
            "link_names": False,
        }

    def _pinned(self, channel: str, ts: str) -> Receipt:
        """The live message's receipt, pinned if that is possible: a message that is there but not
        pinned is better than none, so whatever goes wrong here is told and nothing more."""
        anchor = f"{channel}:{ts}"
        self._remember(anchor)
        if anchor in self._pins:
            return Receipt(anchor, self._pins[anchor])
        try:
            self._caller.read("pins.add", channel=channel, timestamp=ts)
        except SlackRefused as refused:
            pinned = refused.error == "already_pinned"
            self._pins[anchor] = "" if pinned else f"Not pinned: {refused}"
        except SeamError as error:
            return Receipt(anchor, f"Not pinned yet: {error}")
        return Receipt(anchor, self._pins.setdefault(anchor, ""))

    def _remember(self, anchor: str) -> None:
        if anchor not in self._threads:
            self._threads.appendleft(anchor)

    def _resolve(self) -> str:
        if not self._id:
            self._id = channel_id(self._caller, self._channel)
        return self._id


def _split(anchor: str | None) -> tuple[str, str]:
    """Channel and timestamp; both empty for an anchor that is not Slack's."""
    found = ANCHOR.fullmatch(anchor or "")
    return (found[1], found[2]) if found else ("", "")

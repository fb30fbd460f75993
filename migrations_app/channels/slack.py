"""Slack: one pinned live message per run, updated in place; its thread for samples; posts for
everything that has to be seen.

Source: Slack's Web API methods chat.postMessage, chat.update, pins.add, conversations.history,
conversations.replies, users.conversations and auth.test.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from migrations_app.channels.base import Receipt
from migrations_app.channels.slack_calls import Caller
from migrations_app.channels.slack_config import SlackConfig
from migrations_app.channels.slack_doctor import examine
from migrations_app.channels.slack_find import locate
from migrations_app.channels.slack_post import Known, Poster, split
from migrations_app.channels.slack_wire import Patience, Wire, opener_for
from migrations_app.domain.message import Style

if TYPE_CHECKING:
    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.domain.message import Message


class SlackChannel:
    """Renders and sends; an anchor is `CHANNEL:ts`.

    Updating a message and pinning it are repeatable, so their unknown outcomes are `Transient`;
    only a post raises `UnknownOutcome`. A verb ends within twice the configured timeout, and what
    it has not sent by then it never sends (name servers may keep it waiting longer).
    """

    kind: ClassVar[str] = "slack"
    Config: ClassVar[type[BaseModel]] = SlackConfig
    min_interval: ClassVar[float] = 1.0  # Slack: about one message a second per channel

    def __init__(self, config: SlackConfig) -> None:
        self._config = config
        self._opener = opener_for(config.base_url)
        self._known = Known(config.channel)

    def __repr__(self) -> str:
        return f"SlackChannel({self._config.channel})"

    def deliver(self, message: Message) -> Receipt:
        poster = Poster(self._caller(), self._known)
        match message.style:
            case Style.POST:
                return poster.post(message)
            case Style.LIVE:
                return poster.live(message)
            case Style.SAMPLE:
                return poster.sample(message)

    def find(self, key: str) -> Receipt | None:
        """See `slack_find` for how far back it looks."""
        caller = self._caller()
        channel = self._known.resolve(caller)
        known = [ts for place, ts in map(split, tuple(self._known.threads)) if place == channel]
        ts = locate(caller, channel, key, known)
        return Receipt(f"{channel}:{ts}", "Found in Slack.") if ts else None

    def check(self) -> list[Finding]:
        caller = self._caller()
        return examine(caller, lambda: self._known.resolve(caller))

    def close(self) -> None:
        """Nothing to close: every call has a connection of its own."""

    def _caller(self) -> Caller:
        """For one verb: it carries the verb's deadline."""
        config = self._config
        token, patience = config.token.get_secret_value(), Patience.of(config.timeout)
        return Caller(Wire(token, config.base_url, self._opener, patience), config.channel)

"""Slack: one pinned live message per run, updated in place; its thread for samples; posts for
everything that has to be seen.

Source: Slack's Web API methods chat.postMessage, chat.update, chat.postEphemeral,
chat.getPermalink, pins.add, views.open, conversations.history, conversations.replies,
users.conversations and auth.test.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from migrations_app.channels.base import Receipt
from migrations_app.channels.slack.calls import Caller
from migrations_app.channels.slack.config import SlackConfig
from migrations_app.channels.slack.doctor import examine
from migrations_app.channels.slack.find import locate
from migrations_app.channels.slack.post import Known, Poster, split
from migrations_app.channels.slack.quoted import Quoted, quoted
from migrations_app.channels.slack.wire import Patience, Wire, opener_for
from migrations_app.domain.message import Style

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding
    from migrations_app.domain.message import Message

SOON: Final = 1.2
"""Seconds for a call that somebody waits for: two of them fit into the three that Slack gives."""


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

    @property
    def buttons(self) -> bool:
        """Whether people decide from this channel."""
        return self._config.buttons

    def deliver(self, message: Message) -> Receipt:
        poster = Poster(self._caller(), self._known)
        if not self.buttons:
            message = replace(message, rows=())
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
        return examine(caller, lambda: self._known.resolve(caller), buttons=self.buttons)

    def open_form(self, trigger: str, view: Mapping[str, object]) -> None:
        """Open a form for whoever pressed; Slack takes a trigger for three seconds."""
        said = {"trigger_id": trigger, "view": view}
        self._caller(SOON).write("views.open", said, repeatable=True)

    def quoted(self, channel: str, ts: str) -> Quoted:
        """A message that people wrote, and the way to it."""
        return quoted(self._caller(SOON), channel, ts)

    def whisper(self, channel: str, account: str, said: str) -> None:
        """Say something that only one person in the channel sees. `said` is Slack's markup."""
        arguments = {"channel": channel, "user": account, "text": said}
        self._caller(SOON).write("chat.postEphemeral", arguments, repeatable=True)

    def close(self) -> None:
        """Nothing to close: every call has a connection of its own."""

    def _caller(self, soon: float = math.inf) -> Caller:
        """For one verb: it carries the verb's deadline, `soon` seconds a call at most."""
        config = self._config
        token = config.token.get_secret_value()
        patience = Patience.of(min(config.timeout, soon))
        return Caller(Wire(token, config.base_url, self._opener, patience), config.channel)

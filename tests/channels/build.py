"""Short ways to a Slack channel and its messages."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pydantic import SecretStr

from migrations_app.channels.slack.channel import SlackChannel
from migrations_app.channels.slack.config import SlackConfig
from tests.channels.contract import LIVE, SAMPLE
from tests.slack_server import TOKEN, SlackServer

if TYPE_CHECKING:
    from migrations_app.domain.message import Message

ROOM = "C0WARROOM"


def channel_to(server: SlackServer, channel: str = ROOM, timeout: float = 5.0) -> SlackChannel:
    return SlackChannel(config_for(server.url, channel, timeout))


def config_for(base_url: str, channel: str = ROOM, timeout: float = 5.0) -> SlackConfig:
    return SlackConfig(token=SecretStr(TOKEN), channel=channel, base_url=base_url, timeout=timeout)


def live(headline: str, anchor: str | None = None) -> Message:
    return replace(LIVE, headline=headline, anchor=anchor)


def sample(key: str, anchor: str) -> Message:
    return replace(SAMPLE, key=key, anchor=anchor)


def called(server: SlackServer, method: str) -> int:
    """How often a method was called, whatever came of it."""
    return sum(request.method == method for request in server.requests)

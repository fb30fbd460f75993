"""The Slack channel keeps the contract against a server that behaves as Slack does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from migrations_app.channels.slack.channel import SlackChannel
from migrations_app.channels.slack.config import SlackConfig
from tests.channels.contract import ChannelContract, Heard, Trouble
from tests.slack_server import TOKEN, SlackServer

if TYPE_CHECKING:
    from collections.abc import Sequence

MISHAPS = {
    Trouble.BUSY: "429",
    Trouble.REFUSED: "not_in_channel",
    Trouble.LOST: "drop_unstored",
    Trouble.UNHEARD: "drop",
}


class SlackBench:
    secrets: Sequence[str] = (TOKEN,)

    def __init__(self, server: SlackServer, channel: str) -> None:
        self._server = server
        self._channel = channel

    def config(self) -> SlackConfig:
        return SlackConfig(token=SecretStr(TOKEN), channel=self._channel, base_url=self._server.url)

    def open(self) -> SlackChannel:
        return SlackChannel(self.config())

    def heard(self) -> list[Heard]:
        return [
            Heard(
                f"{one.room}:{one.ts}",
                one.key or "",
                one.text,
                f"{one.room}:{one.thread_ts}" if one.thread_ts else None,
            )
            for one in self._server.messages()
        ]

    def trouble(self, trouble: Trouble) -> None:
        self._server.fail_next(MISHAPS[trouble], retry_after=7)

    def trouble_for_a_new_message(self, trouble: Trouble) -> None:
        self._server.fail_next(MISHAPS[trouble], method="chat.postMessage", retry_after=7)

    def delete(self, anchor: str) -> None:
        self._server.workspace.remove(*anchor.split(":"))


class TestSlackChannel(ChannelContract):
    @pytest.fixture(params=["C0WARROOM", "#war-room"])
    def bench(self, request: pytest.FixtureRequest, slack: SlackServer) -> SlackBench:
        return SlackBench(slack, request.param)

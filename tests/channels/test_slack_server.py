"""The local Slack: what it refuses, how it paces, and that it leaves nothing behind."""

from __future__ import annotations

import threading

import pytest

from migrations_app.domain.errors import Permanent, Transient, UnknownOutcome
from tests.channels.build import ROOM, channel_to, sample
from tests.channels.contract import LIVE, POST
from tests.channels.slack_desk import Ko
from tests.channels.slack_rules import mentions, problems
from tests.channels.slack_workspace import Room, Workspace
from tests.slack_server import SlackServer


def refusal(method: str, **arguments: object) -> object:
    workspace = Workspace([Room(ROOM, "war-room"), Room("C0ARCHIVED", "old", archived=True)])
    with pytest.raises(Ko) as ko:
        workspace.call(method, arguments)
    return ko.value.data["error"]


def test_it_refuses_as_slack_does() -> None:
    assert refusal("chat.postMessage", text="hi") == "channel_not_found"
    assert refusal("chat.postMessage", channel=ROOM) == "no_text"
    assert refusal("chat.postMessage", channel="#typo", text="hi") == "channel_not_found"
    assert refusal("chat.postMessage", channel="#old", text="hi") == "is_archived"
    assert refusal("chat.postMessage", channel=ROOM, text="x" * 40_001) == "msg_too_long"
    assert refusal("chat.postMessage", channel=ROOM, blocks=[{}]) == "invalid_blocks"
    assert refusal("chat.update", channel="#war-room", ts="1.0", text="x") == "channel_not_found"
    assert refusal("chat.update", channel=ROOM, ts="1.0", text="x") == "message_not_found"
    assert refusal("pins.add", channel=ROOM, timestamp="1.0") == "message_not_found"
    assert refusal("conversations.replies", channel=ROOM, ts="1.0") == "thread_not_found"
    assert refusal("chat.shout", channel=ROOM) == "unknown_method"


def test_it_knows_the_limits_of_blocks() -> None:
    header = {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}
    fields = {"type": "section", "fields": [{"type": "mrkdwn", "text": ""}] * 11}
    assert problems([header]) == ["header of 151 characters"]
    assert problems([section] * 5) == ["msg_blocks_too_long"]
    assert problems([fields])[:2] == ["11 fields", "field of 0 characters"]
    assert "51 blocks" in problems([section] * 51)
    assert mentions("<!here> &lt;!here&gt;", [{"text": "<@U1>"}]) == ["<!here>", "<@U1>"]


def test_paced_it_takes_one_post_a_second_per_room() -> None:
    now = 100.0
    with SlackServer(paced=True, clock=lambda: now) as slack:
        channel = channel_to(slack)
        channel.deliver(LIVE)
        now += 0.9
        with pytest.raises(Transient) as busy:
            channel.deliver(POST)
        assert busy.value.retry_after == 1
        now += 0.2
        channel.deliver(POST)
        assert [one.key for one in slack.messages()] == [LIVE.key, POST.key]


def test_it_keeps_a_log_of_everything(slack: SlackServer) -> None:
    channel = channel_to(slack)
    slack.fail_next("is_archived")
    slack.fail_next("503", method="pins.add")
    with pytest.raises(Permanent):
        channel.deliver(POST)
    anchor = channel.deliver(LIVE).anchor
    channel.deliver(sample("s-1", anchor))
    assert [(one.method, one.outcome) for one in slack.requests] == [
        ("chat.postMessage", "is_archived"),
        ("chat.postMessage", "ok"),
        ("pins.add", "503"),
        ("chat.postMessage", "ok"),
    ]
    assert [one.thread_ts is not None for one in slack.messages()] == [False, True]
    assert slack.messages("#nowhere") == []


def test_it_comes_back_at_its_address_with_its_memory(slack: SlackServer) -> None:
    url = slack.url
    channel_to(slack).deliver(POST)
    slack.stop()
    slack.stop()
    slack.start()
    assert slack.url == url
    assert channel_to(slack).find(POST.key)


def test_it_leaves_no_thread_behind_even_when_hanging() -> None:
    before = set(threading.enumerate())
    with SlackServer() as slack:
        slack.fail_next("hang")
        with pytest.raises(UnknownOutcome, match="did not arrive"):
            channel_to(slack, timeout=0.5).deliver(POST)
        assert set(threading.enumerate()) - before
    assert not set(threading.enumerate()) - before

"""The doctor says in a sentence what would keep messages from arriving."""

from __future__ import annotations

import pytest

from migrations_app.channels.slack.channel import SlackChannel
from migrations_app.channels.slack.doctor import heard
from tests.channels.build import ROOM, channel_to, config_for
from tests.channels.slack_workspace import ALL_SCOPES, Room
from tests.slack_server import SlackServer


def wrong(slack: SlackServer, channel: str = ROOM) -> list[str]:
    findings = channel_to(slack, channel).check()
    return [finding.sentence for finding in findings if not finding.ok]


def test_all_is_well(slack: SlackServer) -> None:
    findings = channel_to(slack).check()
    assert [finding.what for finding in findings] == [
        "Slack token",
        "Slack scopes",
        f"Slack channel {ROOM}",
    ]
    assert findings[0].sentence == "Signed in to Acme as warroom."
    assert all(finding.ok for finding in findings)


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ("chat:write", "Add chat:write"),
        ("pins:write", "Add pins:write"),
        ("channels:history", "add the scope channels:history"),
    ],
)
def test_each_missing_scope_is_named(scope: str, said: str) -> None:
    with SlackServer(scopes=ALL_SCOPES - {scope}) as slack:
        assert said in " ".join(wrong(slack))


@pytest.mark.parametrize(
    ("room", "said"),
    [
        (Room(ROOM, "war-room", member=False), "invite the Warroom app"),
        (Room(ROOM, "war-room", archived=True), "unarchive it"),
        (Room("C0ELSEWHERE", "else"), "correct the channel"),
    ],
)
def test_a_room_that_can_not_be_used(room: Room, said: str) -> None:
    with SlackServer(rooms=[room]) as slack:
        (sentence,) = wrong(slack)
        assert said in sentence


def test_a_bad_token_is_the_only_news(slack: SlackServer) -> None:
    slack.token = "xoxb-another"
    (sentence,) = wrong(slack)
    assert "put a valid bot token" in sentence


def test_an_unreachable_slack_is_news_too(slack: SlackServer) -> None:
    slack.stop()
    (sentence,) = wrong(slack)
    assert "can't be reached" in sentence


def test_a_name_is_resolved_on_the_way(slack: SlackServer) -> None:
    assert wrong(slack, "#war-room") == []
    (sentence,) = wrong(slack, "#typo")
    assert "#typo" in sentence


@pytest.mark.parametrize("scope", ["commands", "reactions:read"])
def test_buttons_take_scopes_of_their_own(scope: str) -> None:
    with SlackServer(scopes=ALL_SCOPES - {scope}) as slack:
        assert wrong(slack) == []
        listening = SlackChannel(config_for(slack.url).model_copy(update={"buttons": True}))
        assert any(f"Add {scope}" in one.sentence for one in listening.check() if not one.ok)


@pytest.mark.parametrize(
    ("address", "secret", "said"),
    [
        ("https://warroom.example", False, "WARROOM_SLACK_SIGNING_SECRET is not set"),
        ("http://127.0.0.1:8000", True, "Slack reaches only https"),
        ("https://warroom.example", True, "https://warroom.example/slack/interactivity"),
    ],
)
def test_whether_a_press_can_reach_us(address: str, secret: bool, said: str) -> None:
    (finding,) = heard(address, secret=secret)
    assert said in finding.sentence
    assert finding.ok == (secret and address.startswith("https"))

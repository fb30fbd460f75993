"""Looking a message up: far enough, bounded, and fooled by nobody else's messages."""

from __future__ import annotations

import pytest

from migrations_app.channels.slack.find import HISTORY_PAGES, PAGE
from migrations_app.domain.errors import Permanent
from tests.channels.build import ROOM, called, channel_to, sample
from tests.channels.contract import LIVE, POST
from tests.channels.slack_workspace import ALL_SCOPES, Room
from tests.slack_server import SlackServer


def chatter(slack: SlackServer, count: int, **more: object) -> None:
    """People talk too."""
    for number in range(count):
        slack.workspace.post({"channel": ROOM, "text": f"hm {number}", **more})


def test_other_people_talking_does_not_hide_it(slack: SlackServer) -> None:
    channel = channel_to(slack)
    anchor = channel.deliver(POST).anchor
    chatter(slack, 2 * PAGE)
    found = channel.find(POST.key)
    assert found is not None
    assert found.anchor == anchor


def test_the_search_ends(slack: SlackServer) -> None:
    channel = channel_to(slack)
    channel.deliver(POST)
    chatter(slack, HISTORY_PAGES * PAGE)
    assert channel.find(POST.key) is None
    assert called(slack, "conversations.history") == HISTORY_PAGES


def test_the_newest_sample_of_a_long_night_is_found_without_reading_the_night(
    slack: SlackServer,
) -> None:
    channel = channel_to(slack)
    anchor = channel.deliver(LIVE).anchor
    chatter(slack, 5000, thread_ts=anchor.split(":")[1])
    receipt = channel.deliver(sample("s-1", anchor))
    found = channel_to(slack).find("s-1")
    assert found is not None
    assert found.anchor == receipt.anchor
    assert called(slack, "conversations.replies") < 5000 // PAGE


def test_a_thread_is_remembered_when_its_live_message_is_out_of_sight(slack: SlackServer) -> None:
    channel = channel_to(slack)
    anchor = channel.deliver(LIVE).anchor
    chatter(slack, HISTORY_PAGES * PAGE)
    channel.deliver(sample("s-1", anchor))
    assert channel.find("s-1")


def test_a_thread_that_was_deleted_is_passed_over(slack: SlackServer) -> None:
    channel = channel_to(slack)
    anchor = channel.deliver(LIVE).anchor
    slack.workspace.remove(*anchor.split(":"))
    assert channel.find("s-1") is None


FOREIGN = [
    {"event_type": "other_app", "event_payload": {"key": POST.key}},
    {"event_type": "warroom", "event_payload": []},
    {"event_type": "warroom", "event_payload": {"key": ["post-1"]}},
]


@pytest.mark.parametrize("metadata", FOREIGN)
def test_metadata_of_others_is_not_ours(slack: SlackServer, metadata: dict[str, object]) -> None:
    chatter(slack, 1, metadata=metadata)
    assert channel_to(slack).find(POST.key) is None


@pytest.mark.parametrize("private", [False, True])
def test_a_name_is_looked_up_among_the_channels_the_app_is_in(*, private: bool) -> None:
    others = [Room(f"C0OTHER{number:03}", f"other-{number}") for number in range(PAGE)]
    with SlackServer(rooms=[*others, Room(ROOM, "war-room", private=private)]) as slack:
        channel_to(slack).deliver(POST)
        assert channel_to(slack, "#war-room").find(POST.key)


def test_a_name_learnt_by_posting_needs_no_look_up(slack: SlackServer) -> None:
    channel = channel_to(slack, "#war-room")
    channel.deliver(POST)
    assert channel.find(POST.key)
    assert called(slack, "users.conversations") == 0


def test_an_unknown_name_says_what_to_do(slack: SlackServer) -> None:
    with pytest.raises(Permanent, match="invite it to #typo"):
        channel_to(slack, "#typo").find(POST.key)


def test_a_missing_scope_for_names_is_named() -> None:
    with SlackServer(scopes=ALL_SCOPES - {"channels:read"}) as slack:
        channel_to(slack).deliver(POST)
        with pytest.raises(Permanent, match="channels:read"):
            channel_to(slack, "#war-room").find(POST.key)
        assert channel_to(slack).find(POST.key)

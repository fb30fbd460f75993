"""One pinned live message per run: pinning must never cost the message."""

from __future__ import annotations

import pytest

from migrations_app.channels.slack.post import STRAYED
from migrations_app.domain.errors import Permanent, Transient, UnknownOutcome
from tests.channels.build import ROOM, called, channel_to, live, sample
from tests.channels.contract import LIVE, POST
from tests.channels.slack_workspace import ALL_SCOPES, Room
from tests.slack_server import SlackServer


def test_it_is_pinned_once_however_often_it_changes(slack: SlackServer) -> None:
    channel = channel_to(slack)
    anchor = channel.deliver(LIVE).anchor
    for percent in (25, 50, 100):
        assert channel.deliver(live(f"at {percent} %", anchor)).detail == ""
    (message,) = slack.messages()
    assert slack.pins == [(ROOM, message.ts)]
    assert message.edits == 3
    assert called(slack, "pins.add") == 1


def test_another_process_finds_it_pinned_already(slack: SlackServer) -> None:
    anchor = channel_to(slack).deliver(LIVE).anchor
    receipt = channel_to(slack).deliver(live("at 50 %", anchor))
    assert (receipt.anchor, receipt.detail) == (anchor, "")
    assert len(slack.pins) == 1


def test_a_missing_scope_costs_the_pin_and_nothing_else() -> None:
    with SlackServer(scopes=ALL_SCOPES - {"pins:write"}) as slack:
        channel = channel_to(slack)
        first = channel.deliver(LIVE)
        second = channel.deliver(live("at 50 %", first.anchor))
        assert "at 50 %" in slack.messages()[0].text
        assert called(slack, "pins.add") == 1
    for receipt in (first, second):
        assert "pins:write" in receipt.detail


@pytest.mark.parametrize("mishap", ["429", "500", "503", "hang", "drop_unstored", "internal_error"])
def test_a_pin_that_failed_for_now_is_made_good_by_the_next_update(
    slack: SlackServer, mishap: str
) -> None:
    channel = channel_to(slack, timeout=0.5)
    slack.fail_next(mishap, method="pins.add")
    first = channel.deliver(LIVE)
    assert first.detail.startswith("Not pinned yet: ")
    assert slack.pins == []
    assert channel.deliver(live("at 50 %", first.anchor)).detail == ""
    assert len(slack.pins) == len(slack.messages()) == 1


def test_a_message_found_after_an_unknown_outcome_is_pinned_too(slack: SlackServer) -> None:
    channel = channel_to(slack)
    slack.fail_next("500_stored")
    with pytest.raises(UnknownOutcome):
        channel.deliver(LIVE)
    found = channel.find(LIVE.key)
    assert found is not None
    channel.deliver(live("at 50 %", found.anchor))
    assert slack.pins == [(ROOM, slack.messages()[0].ts)]


def test_a_message_that_is_not_ours_any_more_is_left_and_a_new_one_pinned(
    slack: SlackServer,
) -> None:
    channel = channel_to(slack)
    old = channel.deliver(LIVE).anchor
    slack.messages()[0].editable = False
    new = channel.deliver(live("at 50 %", old)).anchor
    assert new != old
    assert slack.pins[-1] == tuple(new.split(":"))
    found = channel.find(LIVE.key)
    assert found is not None
    assert found.anchor == new


@pytest.mark.parametrize("error", ["edit_window_closed", "message_not_found"])
def test_what_can_not_be_changed_is_posted_anew(slack: SlackServer, error: str) -> None:
    channel = channel_to(slack)
    old = channel.deliver(LIVE).anchor
    slack.fail_next(error, method="chat.update")
    assert channel.deliver(live("at 50 %", old)).anchor != old


def test_a_newer_one_that_can_not_be_changed_either_is_posted_anew(slack: SlackServer) -> None:
    channel = channel_to(slack)
    old = channel.deliver(LIVE).anchor
    channel.deliver(LIVE)
    slack.fail_next("edit_window_closed", times=2, method="chat.update")
    assert channel.deliver(live("at 50 %", old)).anchor.endswith(slack.messages()[2].ts)


def test_a_lost_channel_is_not_answered_with_a_new_message(slack: SlackServer) -> None:
    channel = channel_to(slack)
    anchor = channel.deliver(LIVE).anchor
    slack.fail_next("channel_not_found", method="chat.update")
    with pytest.raises(Permanent):
        channel.deliver(live("at 50 %", anchor))
    assert len(slack.messages()) == 1


def test_an_anchor_of_another_channel_kind_is_no_anchor(slack: SlackServer) -> None:
    channel = channel_to(slack)
    assert channel.deliver(live("at 50 %", "fake:1")).anchor.startswith(ROOM)
    with pytest.raises(Transient):
        channel.deliver(sample("s-1", "fake:1"))


def test_a_sample_that_slack_put_into_the_channel_says_so(slack: SlackServer) -> None:
    channel = channel_to(slack)
    anchor = channel.deliver(LIVE).anchor
    slack.workspace.remove(*anchor.split(":"))
    assert channel.deliver(sample("s-1", anchor)).detail == STRAYED


def test_a_thread_slack_no_longer_knows_takes_samples_later(slack: SlackServer) -> None:
    channel = channel_to(slack)
    anchor = channel.deliver(LIVE).anchor
    slack.fail_next("thread_not_found", method="chat.postMessage")
    with pytest.raises(Transient):
        channel.deliver(sample("s-1", anchor))


def test_samples_follow_the_live_message_when_the_configured_channel_changed() -> None:
    rooms = [Room("C0OLDROOM", "old"), Room("C0NEWROOM", "new")]
    with SlackServer(rooms=rooms) as slack:
        anchor = channel_to(slack, "C0OLDROOM").deliver(LIVE).anchor
        channel = channel_to(slack, "#new")
        channel.deliver(sample("s-1", anchor))
        assert [one.key for one in slack.messages("#old")] == [LIVE.key, "s-1"]
        channel.deliver(POST)
        assert [one.key for one in slack.messages("#new")] == [POST.key]

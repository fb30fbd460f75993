"""A night told to Slack: the real channel against a local server that behaves as Slack does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.actions import gate
from migrations_app.actions.rollback import Back
from migrations_app.conductor import due, seams
from migrations_app.conductor.relay import relay
from migrations_app.conductor.rollback import roll_back
from migrations_app.conductor.slack import heard
from migrations_app.domain.message import Style
from migrations_app.models import ChannelPost, Delivery
from migrations_app.models.clock import db_now
from tests.build import CLICK
from tests.slack_server import SlackServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

    from tests.build import Room
    from tests.conductor.conftest import House

pytestmark = pytest.mark.django_db


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer(paced=False) as server:
        yield server


@pytest.fixture
def told(house: House, slack: SlackServer, monkeypatch: pytest.MonkeyPatch) -> Room:
    """A run whose team is told in Slack; nobody sleeps between messages."""
    monkeypatch.setattr("time.sleep", lambda _: None)
    return in_slack(house, slack, monkeypatch)


def in_slack(house: House, slack: SlackServer, monkeypatch: pytest.MonkeyPatch) -> Room:
    monkeypatch.setenv("SLACK_TOKEN", slack.token)
    environments: dict[str, Any] = house.environments("web")
    config = {
        "token": "${env:SLACK_TOKEN}",
        "channel": "#war-room",
        "base_url": slack.url,
        "timeout": 0.5,
    }
    environments["rehearsal"]["channels"] = {"team": {"kind": "slack", "config": config}}
    return house.started(environments=environments)


def keys(slack: SlackServer) -> list[str]:
    return [message.key or "" for message in slack.messages()]


def outbox(made: Room) -> list[str]:
    return list(
        Delivery.objects.filter(run_id=made.run_id).order_by("id").values_list("key", flat=True)
    )


def play(house: House, made: Room) -> None:
    house.settle(made)
    gate.go(made.run_id, made.ana, CLICK)
    house.visit(made)
    roll_back(made.run_id, made.lee, Back(reason="errors rise"))


def test_the_night_below_one_pinned_message(house: House, told: Room, slack: SlackServer) -> None:
    play(house, told)
    house.say(told, times=4)
    live = f"{told.run_id}:live:team"
    posted = keys(slack)
    assert posted.count(live) == 1
    assert [key for key in posted if key != live] == outbox(told)
    assert len(slack.pins) == 1
    samples = Delivery.objects.filter(run_id=told.run_id, style=Style.SAMPLE)
    assert samples.exists()


@pytest.mark.parametrize(
    "fault", ["429", "500", "500_stored", "503", "hang", "hang_stored", "drop"]
)
def test_whatever_slack_does_nothing_is_lost_and_nothing_doubled(
    house: House, told: Room, slack: SlackServer, fault: str
) -> None:
    house.say(told, times=2)
    play(house, told)
    slack.fail_next(fault, 3)
    house.say(told, times=12)
    posted = [key for key in keys(slack) if ":live:" not in key]
    assert posted == outbox(told)
    assert not Delivery.objects.filter(run_id=told.run_id).exclude(state="sent").exists()


def test_refused_by_slack_it_waits_and_says_what_to_do(
    house: House, told: Room, slack: SlackServer
) -> None:
    slack.fail_next("not_in_channel", 100)
    house.say(told)
    post = ChannelPost.objects.get(run_id=told.run_id)
    assert "invite" in post.error.lower()
    assert slack.token not in post.error
    assert Delivery.objects.filter(run_id=told.run_id, state="queued").exists()


def test_at_slacks_pace_nobody_is_asked_to_slow_down(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that only the relay's own pauses move: a message a second to a channel, no more."""
    seconds = [0.0]

    def pause(for_s: float) -> None:
        seconds[0] += for_s

    monkeypatch.setattr("migrations_app.conductor.relay.time.sleep", pause)
    with SlackServer(paced=True, clock=lambda: seconds[0]) as slack:
        made = in_slack(house, slack, monkeypatch)
        play(house, made)
        house.say(made, times=8)
        assert [key for key in keys(slack) if ":live:" not in key] == outbox(made)
        assert {one.outcome for one in slack.requests} == {"ok"}


def test_however_much_happens_the_live_message_is_drawn_once(
    house: House, told: Room, slack: SlackServer
) -> None:
    house.say(told)
    drawn = len([one for one in slack.requests if one.method == "chat.update"])
    play(house, told)
    house.say(told)
    house.say(told)
    redrawn = len([one for one in slack.requests if one.method == "chat.update"])
    assert Delivery.objects.filter(run_id=told.run_id).count() > 5
    assert redrawn - drawn == 1


def test_it_waits_as_long_as_slack_asks(house: House, told: Room, slack: SlackServer) -> None:
    house.say(told)
    play(house, told)
    slack.fail_next("429", method="chat.update", retry_after=77)
    before = db_now()
    house.say(told)
    post = ChannelPost.objects.get(run_id=told.run_id)
    assert post.not_before is not None
    assert (post.not_before - before).total_seconds() >= 77
    asked = len(slack.requests)
    for row in due.posts():
        relay(row[0])
    assert len(slack.requests) == asked


def test_the_doctor_asks_whether_presses_reach_us(
    told: Room, slack: SlackServer, settings: Settings
) -> None:
    quiet: dict[str, Any] = {"token": slack.token, "channel": "C0WARROOM", "base_url": slack.url}
    settings.WARROOM_SLACK_SIGNING_SECRETS = []
    assert heard(seams.channel("slack", quiet, "channels.team")) == []
    assert heard(seams.channel("fake", {}, "channels.team")) == []
    (finding,) = heard(seams.channel("slack", quiet | {"buttons": True}, "channels.team"))
    assert not finding.ok
    assert "WARROOM_SLACK_SIGNING_SECRET" in finding.sentence

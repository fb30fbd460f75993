"""The outbox: nothing lost, nothing doubled, in order, whatever the channel does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.actions import gate
from migrations_app.actions.rollback import Back
from migrations_app.channels.fake.journal import Fault, FaultKind
from migrations_app.conductor import relay as relaying
from migrations_app.conductor.relay import relay
from migrations_app.conductor.rollback import roll_back
from migrations_app.domain.message import Style
from migrations_app.models import ChannelPost, Delivery
from tests.build import CLICK

if TYPE_CHECKING:
    from tests.build import Room
    from tests.conductor.conftest import House

pytestmark = pytest.mark.django_db


def headlines(house: House) -> list[str]:
    return [
        one.message.headline
        for one in house.channel.messages
        if one.message.style is not Style.LIVE
    ]


def outbox(made: Room) -> list[str]:
    rows = Delivery.objects.filter(run_id=made.run_id).order_by("id")
    return list(rows.values_list("headline", flat=True))


def test_the_night_is_told_once_in_order_below_one_live_message(house: House) -> None:
    made = house.started()
    house.settle(made)
    gate.go(made.run_id, made.ana, CLICK)
    house.visit(made)
    roll_back(made.run_id, made.lee, Back(reason="errors rise"))
    house.say(made)
    assert headlines(house) == outbox(made)
    assert any("Roll back called by lee: errors rise" in line for line in headlines(house))
    live = [one for one in house.channel.messages if one.message.style is Style.LIVE]
    assert len(live) == 1
    assert "ROLLED BACK" in live[0].message.headline
    assert not Delivery.objects.exclude(state="sent").exists()


def test_a_decision_tells_who_and_the_evidence_in_short(house: House) -> None:
    made = house.started()
    house.settle(made)
    gate.go(made.run_id, made.ana, CLICK)
    house.say(made)
    (went,) = (one.message for one in house.channel.messages if "Go at" in one.message.headline)
    assert "ana" in went.headline
    assert any("PASS · errors" in line for line in went.lines)


@pytest.mark.parametrize("kind", [FaultKind.UNHEARD, FaultKind.LOST])
def test_an_unknown_outcome_is_looked_up_before_it_is_sent_again(
    house: House, kind: FaultKind
) -> None:
    made = house.started()
    house.say(made)
    before = len(headlines(house))
    house.settle(made)
    house.say(made)
    gate.go(made.run_id, made.ana, CLICK)
    house.channel.fail_next(Fault(kind=FaultKind.TRANSIENT), Fault(kind=kind))
    house.say(made, times=6)
    assert headlines(house) == outbox(made)
    assert len(headlines(house)) > before


def test_while_the_channel_is_away_everything_waits_and_is_counted(house: House) -> None:
    made = house.started()
    house.channel.fail_next(*[Fault(kind=FaultKind.TRANSIENT, retry_after=30.0)] * 2)
    house.say(made)
    post = ChannelPost.objects.get(run_id=made.run_id)
    assert post.failures == 1
    assert post.error
    assert post.not_before is not None
    assert relay(post.pk) is False, "nobody knocks before the time it asked for"
    assert Delivery.objects.filter(state="queued").count() == len(outbox(made))
    house.say(made, times=3)
    assert headlines(house) == outbox(made)


def test_what_a_person_must_mend_stays_queued_and_stops_nobody_else(house: House) -> None:
    made = house.started()
    house.say(made)
    house.settle(made)
    roll_back(made.run_id, made.lee, Back(reason="now"))
    first = Delivery.objects.filter(state="queued").earliest("id")
    house.channel.fail_next(Fault(kind=FaultKind.PERMANENT), Fault(kind=FaultKind.PERMANENT))
    house.say(made)
    left = Delivery.objects.exclude(state="sent")
    assert [one.pk for one in left] == [first.pk]
    assert left[0].error
    left.update(not_before=first.created_at)
    ChannelPost.objects.filter(run_id=made.run_id).update(due_at=first.created_at)
    house.say(made)
    assert sorted(headlines(house)) == sorted(outbox(made))


def test_an_event_that_comes_while_sending_is_not_forgotten(house: House) -> None:
    made = house.started()
    house.say(made)
    assert ChannelPost.objects.get(run_id=made.run_id).due_at is None
    house.settle(made)
    assert ChannelPost.objects.get(run_id=made.run_id).due_at is not None


def test_two_senders_never_say_the_same(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    made = house.started()
    post = ChannelPost.objects.get(run_id=made.run_id)
    inner: list[bool] = []
    work = relaying._Sender.work

    def and_another_knocks(sender: relaying._Sender) -> None:
        inner.append(relay(post.pk))
        work(sender)

    monkeypatch.setattr(relaying._Sender, "work", and_another_knocks)
    relay(post.pk)
    assert inner == [False]
    assert headlines(house) == outbox(made)

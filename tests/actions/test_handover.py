"""A role goes from one person to another: offered, accepted, declined, withdrawn, taken over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User

from migrations_app.actions import gate, handover, start
from migrations_app.actions.take_over import take_over
from migrations_app.domain.actor import Actor, Click, Via
from migrations_app.domain.errors import Refused
from migrations_app.domain.handing import OFFER_STANDS
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import State
from migrations_app.models import Event, Handover, Membership, Migration, Run
from migrations_app.models.clock import db_now
from tests.build import CLICK, Room, at_gate, judge, room
from tests.timeline import assert_whole

if TYPE_CHECKING:
    from migrations_app.actions.once import Outcome

pytestmark = pytest.mark.django_db

WHY = Click(reason="asleep")


def crewed(made: Room, **seats: tuple[Role, bool]) -> Room:
    """More people with a seat: name=(role, backup)."""
    for name, (role, backup) in seats.items():
        user = User.objects.filter(username=name).first() or User.objects.create_user(name)
        migration = made.run.migration
        Membership.objects.create(migration=migration, user=user, role=role, backup=backup)
    return made


def actor(name: str) -> Actor:
    return Actor(name, User.objects.get(username=name).pk, Via.WEB)


def backed() -> Room:
    """At an open gate; tom backs up the DRI, kim leads comms."""
    return crewed(at_gate(), tom=(Role.DRI, True), kim=(Role.COMMS_LEAD, False))


def dri() -> list[str]:
    held = Membership.objects.filter(role=Role.DRI, backup=False)
    return list(held.values_list("user__username", flat=True))


def offered(made: Room, to: str = "tom", reason: str = "") -> int:
    handover.offer(made.run_id, made.ana, Click(reason=reason), Role.DRI, to)
    return Handover.objects.get(outcome="").pk


def code(verb: Any, *arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        verb(*arguments)
    return refused.value.code


def kinds(run_id: int) -> list[str]:
    events = Event.objects.filter(run_id=run_id, verb="hand_over").order_by("seq")
    return list(events.values_list("kind", flat=True))


def test_the_role_changes_hands_when_it_is_accepted_and_not_before() -> None:
    made = backed()
    judge(made.run_id, "errors", "PASS")
    number = offered(made, reason="my shift ends")
    assert dri() == ["ana"]
    assert code(gate.go, made.run_id, actor("tom"), CLICK) == "not_allowed"
    done = handover.accept(made.run_id, actor("tom"), CLICK, number)
    assert done.sentence == "tom took over the role dri, handed over by ana"
    assert dri() == ["tom"]
    assert Membership.objects.get(user__username="ana", role=Role.DRI).backup
    assert code(gate.go, made.run_id, made.ana, CLICK) == "not_allowed"
    gate.go(made.run_id, actor("tom"), CLICK)
    assert kinds(made.run_id) == ["handover_offered", "handed_over"]
    payload = Event.objects.get(kind="handed_over").payload
    assert (payload["from"], payload["to"], payload["reason"]) == ("ana", "tom", "my shift ends")
    assert_whole(made.run_id)


def test_whoever_gave_the_role_away_still_stops_the_run() -> None:
    made = backed()
    handover.accept(made.run_id, actor("tom"), CLICK, offered(made))
    gate.no_go(made.run_id, made.ana, Click(reason="wait"))
    assert made.run.state == State.HELD


@pytest.mark.parametrize("to", ["kim", "raj"])
def test_it_may_go_to_anybody_with_a_seat(to: str) -> None:
    made = backed()
    handover.accept(made.run_id, actor(to), CLICK, offered(made, to))
    assert dri() == [to]


def test_any_role_is_handed_over_by_who_holds_it() -> None:
    made = backed()
    handover.offer(made.run_id, made.raj, CLICK, Role.DATABASE, "kim")
    handover.accept(made.run_id, actor("kim"), CLICK, Handover.objects.get().pk)
    seats = set(Membership.objects.filter(role="database").values_list("user__username", "backup"))
    assert seats == {("kim", False), ("raj", True)}


def test_declining_takes_a_reason_and_leaves_everything_as_it_was() -> None:
    made = backed()
    number = offered(made)
    assert code(handover.decline, made.run_id, actor("tom"), CLICK, number) == "reason"
    handover.decline(made.run_id, actor("tom"), Click(reason="on a train"), number)
    assert dri() == ["ana"]
    assert Event.objects.get(kind="handover_declined").payload["reason"] == "on a train"
    assert code(handover.accept, made.run_id, actor("tom"), CLICK, number) == "answered"
    assert offered(made) != number


def test_withdrawn_is_withdrawn() -> None:
    made = backed()
    number = offered(made)
    assert code(handover.withdraw, made.run_id, actor("tom"), CLICK, number) == "not_yours"
    handover.withdraw(made.run_id, made.ana, CLICK, number)
    with pytest.raises(Refused, match="withdrawn already"):
        handover.accept(made.run_id, actor("tom"), CLICK, number)
    assert kinds(made.run_id) == ["handover_offered", "handover_withdrawn"]


def test_nobody_answers_for_somebody_else() -> None:
    made = backed()
    number = offered(made)
    for verb in (handover.accept, handover.decline):
        with pytest.raises(Refused, match="tom's to answer"):
            verb(made.run_id, made.raj, WHY, number)


@pytest.mark.parametrize(
    ("role", "to", "refusal"),
    [
        (Role.DATABASE, "tom", "not_held"),
        (Role.DRI, "ana", "holds_it"),
        (Role.DRI, "oz", "not_seated"),
        (Role.DRI, "nobody", "not_seated"),
    ],
)
def test_what_cannot_be_offered(role: Role, to: str, refusal: str) -> None:
    made = backed()
    assert code(handover.offer, made.run_id, made.ana, CLICK, role, to) == refusal


def test_a_backup_has_nothing_to_give() -> None:
    made = backed()
    assert code(handover.offer, made.run_id, actor("tom"), CLICK, Role.DRI, "raj") == "not_held"


def test_somebody_who_was_switched_off_is_offered_nothing() -> None:
    made = backed()
    User.objects.filter(username="tom").update(is_active=False)
    assert code(handover.offer, made.run_id, made.ana, CLICK, Role.DRI, "tom") == "not_seated"


def test_one_offer_at_a_time() -> None:
    made = backed()
    offered(made)
    with pytest.raises(Refused, match="offering that role to tom already"):
        handover.offer(made.run_id, made.ana, CLICK, Role.DRI, "kim")


def test_an_offer_that_nobody_answered_is_void_and_may_be_made_again() -> None:
    made = backed()
    number = offered(made)
    Handover.objects.update(offered_at=db_now() - OFFER_STANDS)
    assert code(handover.accept, made.run_id, actor("tom"), CLICK, number) == "expired"
    again = offered(made)
    assert Handover.objects.get(pk=number).outcome == "expired"
    Handover.objects.filter(pk=again).update(
        offered_at=db_now() - OFFER_STANDS + timedelta(minutes=1)
    )
    handover.accept(made.run_id, actor("tom"), CLICK, again)


def test_an_offer_dies_with_the_role_of_who_made_it() -> None:
    made = backed()
    number = offered(made, "kim")
    take_over(made.run_id, actor("tom"), WHY)
    assert code(handover.accept, made.run_id, actor("kim"), CLICK, number) == "answered"
    assert Handover.objects.get(pk=number).outcome == "overtaken"


def test_a_role_that_went_elsewhere_by_hand_is_not_handed_over_any_more() -> None:
    made = backed()
    number = offered(made, "kim")
    Membership.objects.filter(user__username="ana", role=Role.DRI).update(backup=True)
    assert code(handover.accept, made.run_id, actor("kim"), CLICK, number) == "not_held"


def test_taking_over_takes_a_backup_and_a_reason() -> None:
    made = backed()
    assert code(take_over, made.run_id, actor("tom"), CLICK) == "reason"
    assert code(take_over, made.run_id, made.raj, WHY) == "not_backup"
    assert code(take_over, made.run_id, made.ana, WHY) == "holds_it"
    take_over(made.run_id, actor("tom"), WHY)
    assert dri() == ["tom"]
    event = Event.objects.get(kind="handed_over")
    assert event.sentence == "tom took the role dri over from ana, without their yes"
    assert event.payload["reason"] == "asleep"
    assert Handover.objects.get().outcome == "taken"
    take_over(made.run_id, made.ana, Click(reason="awake again"))
    assert dri() == ["ana"]
    assert_whole(made.run_id)


def test_a_dri_who_is_gone_can_be_followed() -> None:
    made = backed()
    User.objects.filter(username="ana").update(is_active=False)
    take_over(made.run_id, actor("tom"), WHY)
    Membership.objects.filter(user__username="tom").delete()
    crewed(made, tim=(Role.DRI, True))
    take_over(made.run_id, actor("tim"), WHY)
    assert dri() == ["tim"]
    assert "from nobody" in Event.objects.filter(kind="handed_over").latest("seq").sentence


def second_run(made: Room, environment: str = "rehearsal") -> Run:
    return start.plan_run(made.run.migration_id, environment, made.ana)


def test_every_live_run_hears_of_it_and_the_one_it_was_said_in() -> None:
    made = backed()
    planned, silent = second_run(made), second_run(made)
    done = handover.offer(planned.pk, made.ana, CLICK, Role.DRI, "tom")
    handover.accept(made.run_id, actor("tom"), CLICK, Handover.objects.get().pk)
    assert done.run_id == planned.pk
    assert kinds(made.run_id) == ["handover_offered", "handed_over"]
    assert kinds(planned.pk) == ["handover_offered"]
    assert kinds(silent.pk) == []
    for run in (made.run_id, planned.pk, silent.pk):
        assert_whole(run)


def test_it_works_before_anything_is_live_and_after_everything_is_over() -> None:
    made = crewed(room(), tom=(Role.DRI, True))
    handover.accept(made.run_id, actor("tom"), CLICK, offered(made))
    start.call_off(made.run_id, actor("tom"), CLICK)
    take_over(made.run_id, made.ana, WHY)
    assert dri() == ["ana"]
    assert_whole(made.run_id)


def test_a_key_counts_once() -> None:
    made = backed()
    click = Click(key="one")
    first = handover.offer(made.run_id, made.ana, click, Role.DRI, "tom")
    again: Outcome = handover.offer(made.run_id, made.ana, click, Role.DRI, "tom")
    assert (again.seq, again.replayed) == (first.seq, True)
    assert code(handover.offer, made.run_id, made.ana, click, Role.DRI, "kim") == "key_reused"
    number = Handover.objects.get().pk
    handover.accept(made.run_id, actor("tom"), click, number)
    assert handover.accept(made.run_id, actor("tom"), click, number).replayed


def test_an_offer_of_another_migration_is_not_there() -> None:
    made = backed()
    number = offered(made)
    Migration.objects.create(slug="users-db", title="Users", plan={}, sha256="1" * 64)
    Handover.objects.update(migration=Migration.objects.get(slug="users-db"))
    assert code(handover.accept, made.run_id, actor("tom"), CLICK, number) == "no_offer"
    assert code(handover.accept, 0, actor("tom"), CLICK, number) == "unknown_run"

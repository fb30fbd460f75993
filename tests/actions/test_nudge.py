"""Ask somebody for what the room waits for, once in a while."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import User

from migrations_app.actions import gate, handover
from migrations_app.actions.nudge import Asking, nudge
from migrations_app.actions.take_step import take
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.domain.nudging import AGAIN_AFTER, AT_MOST
from migrations_app.domain.plan.people import Role
from migrations_app.models import Delivery, Event, Nudge, Update
from migrations_app.models.clock import db_now
from migrations_app.reads.room.waiting import SOON
from tests.actions.test_handover import code, crewed
from tests.build import CLICK, Room, at_gate, judge, phase, plan_data, room
from tests.build import gate as gate_of
from tests.timeline import assert_whole

pytestmark = pytest.mark.django_db

STEP = {"name": "warm", "title": "Warm the caches", "owner": "infrastructure"}
FIRST = phase("one", 1, steps=[STEP]) | {"gate": gate_of("dri", "database", checks=["errors"])}
PHASES = [FIRST, phase("two", 2)]
SIGN = Asking("sign_off", person="raj")


def waiting() -> Room:
    """The gate waits for raj's signature and for a step of infrastructure; tom backs up raj."""
    made = crewed(at_gate(phases=PHASES), tom=(Role.DATABASE, True), kim=(Role.COMMS_LEAD, False))
    judge(made.run_id, "errors", "PASS")
    return made


def test_it_is_on_the_timeline_with_the_name_of_who_is_asked() -> None:
    made = waiting()
    done = nudge(made.run_id, made.ana, Click(reason="we are waiting"), SIGN)
    assert done.sentence == "ana asks raj for the sign-off for database"
    payload = Event.objects.get(kind="nudged").payload
    assert (payload["to"], payload["about"]) == ("raj", "sign_off")
    assert_whole(made.run_id)


def test_once_in_two_minutes_per_person_and_thing() -> None:
    made = waiting()
    nudge(made.run_id, made.ana, CLICK, SIGN)
    with pytest.raises(Refused, match=r"raj was asked .+ In \d+ s they can") as said:
        nudge(made.run_id, made.lee, CLICK, SIGN)
    assert said.value.code == "too_soon"
    assert code(nudge, made.run_id, made.lee, CLICK, Asking("sign_off", role=Role.DATABASE))
    nudge(made.run_id, made.ana, CLICK, Asking("sign_off", person="tom"))
    Nudge.objects.update(at=db_now() - AGAIN_AFTER)
    nudge(made.run_id, made.lee, CLICK, SIGN)
    assert Event.objects.filter(kind="nudged").count() == 3


def test_a_role_is_whoever_holds_it() -> None:
    made = waiting()
    done = nudge(made.run_id, made.ana, CLICK, Asking("sign_off", role=Role.DATABASE))
    assert done.sentence == "ana asks raj for the sign-off for database"


def test_what_nobody_waits_for_is_not_asked() -> None:
    made = waiting()
    for asking in (
        Asking("sign_off", person="lee"),
        Asking("step:warm", person="raj"),
        Asking("step:nothing", role=Role.INFRASTRUCTURE),
        Asking("update", role=Role.COMMS_LEAD),
        Asking("sign_off", person="nobody"),
        Asking("sign_off"),
    ):
        with pytest.raises(Refused, match="does not wait for that"):
            nudge(made.run_id, made.ana, CLICK, asking)
    gate.sign_off(made.run_id, made.raj, CLICK, Role.DATABASE)
    assert code(nudge, made.run_id, made.ana, CLICK, SIGN) == "not_owed"


def test_nobody_nudges_themselves() -> None:
    made = waiting()
    assert code(nudge, made.run_id, made.raj, CLICK, SIGN) == "yourself"


def test_a_step_is_asked_of_who_is_at_it() -> None:
    made = waiting()
    nudge(made.run_id, made.ana, CLICK, Asking("step:warm", role=Role.INFRASTRUCTURE))
    take(made.run_id, made.raj, CLICK, "warm")
    done = nudge(made.run_id, made.ana, CLICK, Asking("step:warm", person="raj"))
    assert done.sentence == 'ana asks raj for step "Warm the caches"'


def test_an_answer_to_an_offer_is_asked_for() -> None:
    made = waiting()
    handover.offer(made.run_id, made.ana, CLICK, Role.DRI, "tom")
    done = nudge(made.run_id, made.ana, CLICK, Asking("handover", person="tom"))
    assert done.sentence == "ana asks tom for an answer to ana, who offers the role dri"


def test_a_decision_is_asked_of_the_dri_once_it_is_theirs() -> None:
    made = waiting()
    asking = Asking("decision", role=Role.DRI)
    assert code(nudge, made.run_id, made.raj, CLICK, asking) == "not_owed"
    gate.no_go(made.run_id, made.ana, Click(reason="wait"))
    done = nudge(made.run_id, made.raj, CLICK, asking)
    assert done.sentence == "raj asks ana for how to go on: resume, or roll back"


def test_the_promised_update_is_asked_of_comms() -> None:
    made = waiting()
    event = Event.objects.filter(run_id=made.run_id).latest("seq")
    Update.objects.create(
        run=made.run, number=1, audience="public", state="published", headline="x", event=event,
        author=User.objects.get(username="kim"), published_at=db_now(), next_at=db_now(),
    )  # fmt: skip
    done = nudge(made.run_id, made.ana, CLICK, Asking("update", role=Role.COMMS_LEAD))
    assert done.sentence == "ana asks kim for the promised update"


def test_a_room_is_nudged_so_often_and_no_more() -> None:
    made = waiting()
    assert made.raj.user_id is not None
    Nudge.objects.bulk_create(
        Nudge(run=made.run, user_id=made.raj.user_id, about=f"step:{at}", by="ana", at=db_now())
        for at in range(AT_MOST)
    )
    with pytest.raises(Refused, match="call them instead") as said:
        nudge(made.run_id, made.ana, CLICK, SIGN)
    assert said.value.code == "too_many"
    Nudge.objects.filter(about="step:0").update(at=db_now() - timedelta(minutes=11))
    nudge(made.run_id, made.ana, CLICK, SIGN)


def test_only_the_team_nudges() -> None:
    made = waiting()
    assert code(nudge, made.run_id, made.oz, CLICK, SIGN) == "not_allowed"


def test_before_the_start_nobody_is_waited_for() -> None:
    made = room(phases=PHASES)
    assert code(nudge, made.run_id, made.ana, CLICK, SIGN) == "not_owed"


def test_a_key_counts_once() -> None:
    made = waiting()
    click = Click(key="k")
    first = nudge(made.run_id, made.ana, click, SIGN)
    assert nudge(made.run_id, made.ana, click, SIGN).seq == first.seq
    again = Asking("sign_off", person="tom")
    assert code(nudge, made.run_id, made.ana, click, again) == "key_reused"


def test_it_goes_where_people_listen_for_it() -> None:
    environments = plan_data()["environments"]
    environments["rehearsal"]["channels"] = {
        "gates": {"kind": "fake", "config": {}},
        "steps": {"kind": "fake", "config": {}},
    }
    channels = {"gates": ["gates"], "steps": ["steps"]}
    made = at_gate(phases=PHASES, environments=environments, channels=channels)
    nudge(made.run_id, made.ana, CLICK, SIGN)
    nudge(made.run_id, made.ana, CLICK, Asking("step:warm", person="lee"))
    told = Delivery.objects.filter(headline__contains=" asks ").order_by("pk")
    assert [(one.channel, one.style, one.facts[1]) for one in told] == [
        ("gates", "post", ["To", "raj"]),
        ("steps", "post", ["To", "lee"]),
    ]


def test_an_update_that_is_promised_for_later_is_not_waited_for_yet() -> None:
    made = waiting()
    event = Event.objects.filter(run_id=made.run_id).latest("seq")
    later = Update(
        run=made.run, number=1, audience="public", state="published", headline="x", event=event,
        author=User.objects.get(username="kim"), published_at=db_now(),
        next_at=db_now() + 2 * SOON,
    )  # fmt: skip
    later.save()
    asking = Asking("update", person="kim")
    assert code(nudge, made.run_id, made.ana, CLICK, asking) == "not_owed"
    Update.objects.update(next_at=db_now() + SOON / 2)
    nudge(made.run_id, made.ana, CLICK, asking)

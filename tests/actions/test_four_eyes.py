"""Where a gate takes four eyes, Go takes a sign-off by somebody other than who says it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.actions import engine, gate, handover, rollback
from migrations_app.actions.rollback import Back
from migrations_app.actions.take_over import take_over
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import State
from migrations_app.models import Handover
from migrations_app.models.clock import db_now
from migrations_app.reads.plans import plan_of
from migrations_app.reads.room.people import crew_of
from tests.actions.test_handover import WHY, actor, code, crewed
from tests.build import CLICK, Room, at_gate, confirm_all, judge, phase

if TYPE_CHECKING:
    from migrations_app.domain.actor import Actor

pytestmark = pytest.mark.django_db


def eyed(*roles: str, **spec: Any) -> Room:
    """At a gate that takes four eyes; ana is DRI and database, tom backs up the DRI."""
    asked = {"roles": list(roles), "four_eyes": True} | spec
    phases = [phase("one", 1) | {"gate": asked}, phase("two", 2)]
    people = {"dri": ["ana"], "database": ["raj"], "infrastructure": ["lee"]}
    made = at_gate(phases=phases, roles=people)
    judge(made.run_id, "errors", "PASS")
    return crewed(made, ana=(Role.DATABASE, True), tom=(Role.DRI, True))


def owing(made: Room) -> set[str]:
    """Who is waited for to sign."""
    run = made.run
    people = crew_of(run, plan_of(run), db_now())
    return {one.name for one in people for owed in one.owes if owed.about == "sign_off"}


def test_go_waits_for_somebody_else_by_name() -> None:
    made = eyed("dri", "database", quorum=1)
    with pytest.raises(Refused, match="somebody other than ana must sign off") as said:
        gate.go(made.run_id, made.ana, CLICK)
    assert said.value.code == "needs"
    assert owing(made) == {"raj"}
    gate.sign_off(made.run_id, made.raj, CLICK, Role.DATABASE)
    assert owing(made) == set()
    gate.go(made.run_id, made.ana, CLICK)


def test_ones_own_signature_for_another_role_is_no_second_pair() -> None:
    made = eyed("database")
    gate.sign_off(made.run_id, made.ana, CLICK, Role.DATABASE)
    assert code(gate.go, made.run_id, made.ana, CLICK) == "needs"
    gate.sign_off(made.run_id, made.raj, CLICK, Role.DATABASE)
    gate.go(made.run_id, made.ana, CLICK)


def test_who_backs_up_the_dri_is_a_second_pair() -> None:
    made = eyed("dri")
    gate.sign_off(made.run_id, actor("tom"), CLICK, Role.DRI)
    gate.go(made.run_id, made.ana, CLICK)


@pytest.mark.parametrize("signer", ["ana", "tom"])
def test_who_says_go_is_asked_at_the_click_whoever_it_has_become(signer: str) -> None:
    """tom takes over: ana's signature counts for him, and his own does not."""
    made = eyed("dri")
    who: Actor = actor(signer)
    gate.sign_off(made.run_id, who, CLICK, Role.DRI)
    take_over(made.run_id, actor("tom"), WHY)
    if signer == "ana":
        gate.go(made.run_id, actor("tom"), CLICK)
    else:
        with pytest.raises(Refused, match="somebody other than tom"):
            gate.go(made.run_id, actor("tom"), CLICK)


def test_going_over_a_failed_check_is_no_way_around_it() -> None:
    from migrations_app.actions.gate import Going
    from migrations_app.domain.actor import Click

    made = eyed("dri", checks=["errors"])
    judge(made.run_id, "errors", "FAIL")
    going = Going(overrides=("errors", "four_eyes"))
    assert code(gate.go, made.run_id, made.ana, Click(reason="x"), going) == "needs"


def test_completing_takes_four_eyes_too() -> None:
    made = at_gate(phases=[phase("one", 1) | {"gate": {"roles": ["dri"], "four_eyes": True}}])
    judge(made.run_id, "errors", "PASS")
    assert code(gate.complete, made.run_id, made.ana, CLICK) == "needs"


def test_rolling_back_never_does() -> None:
    made = eyed("dri")
    rollback.latch(made.run_id, made.lee, Back(reason="now"))
    rollback.write_down(made.run_id)
    confirm_all(made.run_id)
    assert made.run.state == State.ROLLED_BACK


def test_where_nobody_says_go_two_people_sign() -> None:
    made = eyed("dri", "database", quorum=1, auto_advance=True)
    gate.sign_off(made.run_id, made.raj, CLICK, Role.DATABASE)
    assert engine.tick(made.run_id) is None
    gate.sign_off(made.run_id, made.ana, CLICK, Role.DRI)
    assert engine.tick(made.run_id) is not None
    assert made.run.phase == 1


def test_a_backup_does_not_pass_a_gate_that_passes_by_itself() -> None:
    made = eyed("dri", auto_advance=True, four_eyes=False)
    with pytest.raises(Refused, match="passes by itself"):
        gate.sign_off(made.run_id, actor("tom"), CLICK, Role.DRI)
    handover.offer(made.run_id, made.ana, CLICK, Role.DRI, "tom")
    handover.accept(made.run_id, actor("tom"), CLICK, Handover.objects.get().pk)
    gate.sign_off(made.run_id, actor("tom"), CLICK, Role.DRI)
    assert engine.tick(made.run_id) is not None

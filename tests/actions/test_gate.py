"""Decisions at a gate: who, on what evidence, and what is refused with which words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from migrations_app.actions import engine, gate, resume, steps
from migrations_app.actions.gate import Going
from migrations_app.domain.actor import ENGINE, Actor, Click
from migrations_app.domain.errors import Refused
from migrations_app.domain.plan.people import Role
from migrations_app.domain.states import State
from migrations_app.models import Check, Decision, Event, Gate, Run, SourceTick
from migrations_app.models.clock import db_now
from tests.build import CLICK, at_gate, confirm_all, judge, phase, run_engine, started

pytestmark = pytest.mark.django_db


def gated(**spec: Any) -> list[dict[str, Any]]:
    """Two phases, the first with this gate."""
    return [phase("one", 1) | {"gate": {"roles": ["dri"]} | spec}, phase("two", 2)]


def code(verb: Any, *arguments: Any) -> str:
    with pytest.raises(Refused) as refused:
        verb(*arguments)
    return refused.value.code


def test_a_quorum_of_roles_each_person_once() -> None:
    room = at_gate(phases=gated(roles=["dri", "database", "infrastructure"]))
    judge(room.run_id, "errors", "PASS")
    with pytest.raises(Refused, match=r"database has not signed off; infrastructure has not"):
        gate.go(room.run_id, room.ana, CLICK)
    gate.sign_off(room.run_id, room.raj, CLICK, Role.DATABASE)
    assert code(gate.sign_off, room.run_id, room.raj, CLICK, Role.DATABASE) == "already_signed"
    gate.sign_off(room.run_id, room.lee, CLICK, Role.INFRASTRUCTURE)
    gate.go(room.run_id, room.ana, CLICK)
    assert room.run.phase == 1
    event = Event.objects.get(kind="go")
    assert [one["by"] for one in event.payload["evidence"]["sign_offs"]] == ["raj", "lee"]


def test_nobody_signs_for_a_role_they_do_not_hold_or_that_is_not_asked() -> None:
    room = at_gate(phases=gated(roles=["dri", "database"]))
    assert code(gate.sign_off, room.run_id, room.lee, CLICK, Role.DATABASE) == "not_allowed"
    assert (
        code(gate.sign_off, room.run_id, room.lee, CLICK, Role.INFRASTRUCTURE) == "role_not_asked"
    )
    assert code(gate.sign_off, room.run_id, room.oz, CLICK, Role.OBSERVER) == "not_allowed"


@pytest.mark.parametrize("who", ["raj", "lee", "oz"])
def test_only_the_dri_says_go(who: str) -> None:
    room = at_gate()
    judge(room.run_id, "errors", "PASS")
    assert code(gate.go, room.run_id, getattr(room, who), CLICK) == "not_allowed"


def test_the_engine_can_not_say_go() -> None:
    room = at_gate()
    assert code(gate.go, room.run_id, ENGINE, CLICK) == "not_allowed"


@pytest.mark.parametrize("status", ["FAIL", "NO_DATA", "PENDING"])
def test_a_required_check_that_does_not_pass_blocks_go(status: str) -> None:
    room = at_gate(phases=gated(checks=["errors"]))
    judge(room.run_id, "errors", status)
    assert code(gate.go, room.run_id, room.ana, CLICK) == "needs"


def test_a_pass_from_before_two_intervals_is_not_fresh() -> None:
    room = at_gate(phases=gated(checks=["errors"]))
    judge(room.run_id, "errors", "PASS")
    Check.objects.update(evaluated_at=db_now() - timedelta(seconds=5))
    with pytest.raises(Refused, match="errors has no fresh verdict"):
        gate.go(room.run_id, room.ana, CLICK)


def test_an_abort_criterion_that_fails_blocks_go_though_the_gate_does_not_name_it() -> None:
    room = at_gate()
    judge(room.run_id, "errors", "FAIL")
    assert code(gate.go, room.run_id, room.ana, CLICK) == "needs"


def test_over_a_failed_check_by_name_and_with_a_reason_never_over_missing_data() -> None:
    room = at_gate(phases=gated(checks=["errors"]))
    over = Going(overrides=("errors",))
    judge(room.run_id, "errors", "NO_DATA")
    why = Click(reason="known, harmless")
    assert code(gate.go, room.run_id, room.ana, why, over) == "needs"
    judge(room.run_id, "errors", "FAIL")
    assert code(gate.go, room.run_id, room.ana, CLICK, over) == "reason"
    gate.go(room.run_id, room.ana, why, over)
    event = Event.objects.get(kind="go")
    assert event.payload["overrides"] == ["errors"]
    assert "over the failed errors" in event.sentence


def test_evidence_that_was_on_the_screen_too_long_ago_is_refused() -> None:
    room = at_gate()
    judge(room.run_id, "errors", "PASS")
    now_ms = int(db_now().timestamp() * 1000)
    assert code(gate.go, room.run_id, room.ana, Click(evaluation=now_ms - 61_000)) == "stale"
    gate.go(room.run_id, room.ana, Click(evaluation=now_ms - 59_000))


def test_past_the_point_of_no_return_the_phase_is_typed() -> None:
    final = phase("drop-blue", 100, point_of_no_return=True, abort_policy="freeze")
    room = at_gate(phases=[phase("one", 1), final])
    judge(room.run_id, "errors", "PASS")
    assert code(gate.go, room.run_id, room.ana, CLICK) == "typed_name"
    assert code(gate.go, room.run_id, room.ana, CLICK, Going(typed="drop")) == "typed_name"
    gate.go(room.run_id, room.ana, CLICK, Going(typed="drop-blue"))


def test_steps_must_be_done_before_go() -> None:
    step = {"name": "warm", "title": "Warm the cache", "owner": "database"}
    room = at_gate(phases=[phase("one", 1, steps=[step]), phase("two", 2)])
    judge(room.run_id, "errors", "PASS")
    with pytest.raises(Refused, match='step "warm" is not done'):
        gate.go(room.run_id, room.ana, CLICK)
    assert code(steps.complete_step, room.run_id, room.raj, CLICK, "wram") == "unknown_step"
    steps.complete_step(room.run_id, room.raj, Click(reason="12 GB"), "warm")
    assert code(steps.complete_step, room.run_id, room.raj, CLICK, "warm") == "step_done"
    gate.go(room.run_id, room.ana, CLICK)


def test_a_wait_step_is_done_by_the_engine_when_its_time_is_over() -> None:
    step = {"name": "settle", "kind": "action", "action": "wait", "expected": "10m"}
    room = at_gate(phases=[phase("one", 1, steps=[step]), phase("two", 2)])
    judge(room.run_id, "errors", "PASS")
    assert code(gate.go, room.run_id, room.ana, CLICK) == "needs"
    Run.objects.update(phase_entered_at=db_now() - timedelta(minutes=11))
    run_engine(room.run_id)
    judge(room.run_id, "errors", "PASS")
    gate.go(room.run_id, room.ana, CLICK)


def test_a_gate_nobody_decides_is_a_no_go_at_its_deadline() -> None:
    room = at_gate(phases=gated(deadline="10m"))
    Gate.objects.filter(closed_at=None).update(deadline_at=db_now() - timedelta(seconds=1))
    run_engine(room.run_id)
    assert room.run.state == State.HELD
    assert Event.objects.filter(kind="gate_expired").exists()
    assert code(gate.go, room.run_id, room.ana, CLICK) == "wrong_state"


def test_no_go_holds_here_and_takes_a_reason() -> None:
    room = at_gate()
    assert code(gate.no_go, room.run_id, room.raj, CLICK) == "reason"
    gate.no_go(room.run_id, room.raj, Click(reason="lag is unclear"))
    assert room.run.state == State.HELD
    assert Decision.objects.get(verb="no_go").reason == "lag is unclear"
    assert code(gate.go, room.run_id, room.ana, CLICK) == "wrong_state"


def test_after_a_hold_the_gate_is_fresh() -> None:
    room = at_gate(phases=gated(roles=["dri", "database"]))
    judge(room.run_id, "errors", "PASS")
    gate.sign_off(room.run_id, room.raj, CLICK, Role.DATABASE)
    gate.no_go(room.run_id, room.ana, Click(reason="wait"))
    resume.resume(room.run_id, room.ana, CLICK)
    confirm_all(room.run_id)
    judge(room.run_id, "errors", "PASS")
    assert code(gate.go, room.run_id, room.ana, CLICK) == "needs"


def test_a_gate_that_says_so_passes_by_itself_once_everything_is_there() -> None:
    spec: dict[str, Any] = {"roles": ["database"], "checks": ["errors"], "auto_advance": True}
    room = at_gate(phases=gated(**spec))
    judge(room.run_id, "errors", "PASS")
    assert engine.tick(room.run_id) is None
    gate.sign_off(room.run_id, room.raj, CLICK, Role.DATABASE)
    judge(room.run_id, "errors", "NO_DATA")
    assert engine.tick(room.run_id) is None
    judge(room.run_id, "errors", "PASS")
    assert engine.tick(room.run_id) is not None
    assert room.run.phase == 1
    assert Decision.objects.get(verb="advance").actor == "warroom"


def test_nothing_passes_a_point_of_no_return_by_itself() -> None:
    final = phase("drop-blue", 100, point_of_no_return=True, abort_policy="freeze")
    first = phase("one", 1) | {"gate": {"auto_advance": True}}
    room = at_gate(phases=[first, final])
    judge(room.run_id, "errors", "PASS")
    assert engine.tick(room.run_id) is None
    assert room.run.phase == 0


def test_the_gate_opens_only_when_the_hold_is_over() -> None:
    room = started(phases=[phase("one", 1, hold="10m"), phase("two", 2)])
    confirm_all(room.run_id)
    assert room.run.state == State.BAKING
    assert code(gate.sign_off, room.run_id, room.ana, CLICK, Role.DRI) == "wrong_state"
    Run.objects.update(hold_from=db_now() - timedelta(minutes=11))
    SourceTick.objects.update(done_at=db_now())
    run_engine(room.run_id)
    assert room.run.state == State.GATE


def test_the_last_gate_completes_and_no_other() -> None:
    room = at_gate(phases=[phase("one", 1), phase("two", 2)])
    judge(room.run_id, "errors", "PASS")
    assert code(gate.complete, room.run_id, room.ana, CLICK) == "not_last_phase"
    gate.go(room.run_id, room.ana, CLICK)
    confirm_all(room.run_id)
    judge(room.run_id, "errors", "PASS")
    assert code(gate.go, room.run_id, room.ana, CLICK) == "last_phase"
    gate.complete(room.run_id, room.ana, CLICK)
    assert room.run.state == State.COMPLETED


def test_a_key_counts_once_and_for_one_verb() -> None:
    room = at_gate(phases=gated(roles=["dri", "database"]))
    click = Click(key="abc", reason="fine")
    first = gate.sign_off(room.run_id, room.raj, click, Role.DATABASE)
    again = gate.sign_off(room.run_id, room.raj, click, Role.DATABASE)
    assert (again.seq, again.replayed) == (first.seq, True)
    assert code(gate.no_go, room.run_id, room.raj, click) == "key_reused"
    other = Click(key="abc", reason="something else")
    assert code(gate.sign_off, room.run_id, room.raj, other, Role.DATABASE) == "key_reused"


def test_a_key_counts_for_one_thing_said_not_for_a_verb_alone() -> None:
    room = at_gate(phases=gated(checks=["errors"]))
    judge(room.run_id, "errors", "FAIL")
    click = Click(key="abc", reason="known")
    gate.go(room.run_id, room.ana, click, Going(overrides=("errors",)))
    assert code(gate.go, room.run_id, room.ana, click) == "key_reused"
    again = gate.go(room.run_id, room.ana, click, Going(overrides=("errors",)))
    assert again.replayed


def test_a_run_that_is_not_there_is_refused_in_words() -> None:
    room = at_gate()
    with pytest.raises(Refused, match="There is no run 0"):
        gate.go(0, room.ana, CLICK)


def test_somebody_who_was_switched_off_decides_nothing() -> None:
    from django.contrib.auth.models import User

    room = at_gate()
    judge(room.run_id, "errors", "PASS")
    User.objects.filter(username="ana").update(is_active=False)
    assert code(gate.go, room.run_id, room.ana, CLICK) == "not_allowed"
    assert isinstance(room.ana, Actor)


def test_a_pass_from_before_the_weights_settled_says_nothing_about_them() -> None:
    room = started(phases=gated(checks=["errors"]))
    judge(room.run_id, "errors", "PASS")
    confirm_all(room.run_id)
    assert room.run.state == State.GATE
    assert code(gate.go, room.run_id, room.ana, CLICK) == "needs"
    judge(room.run_id, "errors", "PASS")
    gate.go(room.run_id, room.ana, CLICK)

"""Planning, starting, calling off; notes and pushed evidence."""

from __future__ import annotations

from datetime import timedelta

import pytest

from migrations_app.actions import resume, rollback, start, steps
from migrations_app.actions.rollback import Back
from migrations_app.actions.steps import Evidence
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import State
from migrations_app.models import Event, Migration, Pushed, Route, SourceTick
from migrations_app.models.clock import db_now
from tests.build import CLICK, at_gate, confirm_all, judge, plan_data, room, started
from tests.timeline import assert_whole

pytestmark = pytest.mark.django_db


def test_the_plan_is_frozen_when_the_run_starts_not_when_it_was_planned() -> None:
    made = room()
    data = plan_data(title="As it was at the start")
    Migration.objects.update(plan=data)
    start.start(made.run_id, made.ana, CLICK)
    assert made.run.plan["plan"]["title"] == "As it was at the start"
    Migration.objects.update(plan=plan_data(title="Edited later"))
    assert made.run.plan["plan"]["title"] == "As it was at the start"
    started_event = Event.objects.get(kind="started")
    assert started_event.payload["plan_sha256"] == made.run.plan_sha256


def test_calling_off_before_the_start_moves_nothing() -> None:
    made = room()
    start.call_off(made.run_id, made.ana, Click(reason="vendor is down"))
    assert made.run.state == State.CALLED_OFF
    assert not Route.objects.exists()
    with pytest.raises(Refused, match="called off"):
        start.start(made.run_id, made.ana, CLICK)


def test_after_the_start_there_is_no_calling_off_until_it_was_rolled_back() -> None:
    made = started()
    with pytest.raises(Refused) as refused:
        start.call_off(made.run_id, made.ana, CLICK)
    assert refused.value.code == "wrong_state"
    rollback.latch(made.run_id, made.ana, Back())
    rollback.write_down(made.run_id)
    confirm_all(made.run_id)
    start.call_off(made.run_id, made.ana, Click(reason="another night"))
    assert made.run.state == State.CALLED_OFF
    assert SourceTick.objects.get().due_at is None
    assert_whole(made.run_id)


def test_an_environment_that_is_not_there_is_named_with_those_that_are() -> None:
    made = room()
    with pytest.raises(Refused, match=r"no environment \"prod\". Known: rehearsal"):
        start.plan_run(made.run.migration_id, "prod", made.ana)


def test_only_the_dri_plans_and_starts() -> None:
    made = room()
    for verb in (
        lambda: start.plan_run(made.run.migration_id, "rehearsal", made.raj),
        lambda: start.start(made.run_id, made.raj, CLICK),
    ):
        with pytest.raises(Refused) as refused:
            verb()
        assert refused.value.code == "not_allowed"


def test_after_a_rollback_the_phase_to_resume_at_must_be_named() -> None:
    made = at_gate()
    rollback.latch(made.run_id, made.ana, Back())
    rollback.write_down(made.run_id)
    confirm_all(made.run_id)
    with pytest.raises(Refused, match="shadow, canary-1, canary-50, full"):
        resume.resume(made.run_id, made.ana, CLICK, "nowhere")
    resume.resume(made.run_id, made.ana, CLICK, "canary-1")
    assert (made.run.phase, made.run.leg) == (1, 2)


def test_the_latch_of_an_earlier_leg_does_not_bind_the_next() -> None:
    made = at_gate()
    for leg in (1, 2, 3):
        assert made.run.leg == leg
        rollback.latch(made.run_id, made.ana, Back(reason=f"leg {leg}"))
        rollback.write_down(made.run_id)
        confirm_all(made.run_id)
        assert made.run.state == State.ROLLED_BACK
        resume.resume(made.run_id, made.ana, CLICK, "canary-50")
        confirm_all(made.run_id)
        assert float(Route.objects.get().desired) == 50


def test_a_note_needs_words_and_a_role() -> None:
    made = started()
    with pytest.raises(Refused):
        steps.note(made.run_id, made.ana, Click(reason="  "))
    with pytest.raises(Refused):
        steps.note(made.run_id, made.oz, Click(reason="hello"))
    steps.note(made.run_id, made.lee, Click(reason="the other team is ready\x00"))
    assert Event.objects.get(kind="note").sentence == "lee: the other team is ready\ufffd"
    assert_whole(made.run_id)


def test_evidence_is_taken_for_a_check_that_waits_for_it_and_for_no_other() -> None:
    data = plan_data()
    data["environments"]["rehearsal"]["sources"]["ci"] = {"kind": "pushed"}
    load_test = {
        "name": "load", "source": "ci", "query": "load", "unit": "ratio", "pass_when": "< 1 %",
    }  # fmt: skip
    made = started(environments=data["environments"], checks=[*data["checks"], load_test])
    now = db_now()

    def evidence(check: str, hours: int = 1) -> Evidence:
        return Evidence(check, 0.002, now, now + timedelta(hours=hours), 5000)

    steps.push_evidence(made.run_id, made.lee, CLICK, evidence("load"))
    assert Pushed.objects.get().value == 0.002
    with pytest.raises(Refused, match="Checks that do: load"):
        steps.push_evidence(made.run_id, made.lee, CLICK, evidence("errors"))
    with pytest.raises(Refused, match="expired"):
        steps.push_evidence(made.run_id, made.lee, CLICK, evidence("load", hours=-1))


def test_nobody_resumes_into_a_leg_that_would_be_rolled_back_at_once() -> None:
    made = at_gate()
    rollback.latch(made.run_id, made.ana, Back())
    rollback.write_down(made.run_id)
    confirm_all(made.run_id)
    judge(made.run_id, "errors", "FAIL", "12 %, above 0.3 %")
    with pytest.raises(Refused, match=r"Resume waits for: errors 12 %"):
        resume.resume(made.run_id, made.ana, CLICK, "canary-1")
    judge(made.run_id, "errors", "NO_DATA")
    resume.resume(made.run_id, made.ana, CLICK, "canary-1")

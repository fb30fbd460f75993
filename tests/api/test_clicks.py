"""A click counts once, on the run it was decided on, and says so in stable codes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import OperationalError

from migrations_app.actions import gate, rollback
from migrations_app.actions.rollback import Back
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import State
from migrations_app.drivers.fake.driver import FakeConfig, FakeDriver
from migrations_app.drivers.fake.faults import Faults
from migrations_app.models import Decision, Event, Latch
from tests.api.caller import caller
from tests.build import at_gate, confirm_all, judge, phase, room, started
from tests.build import gate as gate_of

if TYPE_CHECKING:
    from tests.build import Room

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("poked")]


def ready() -> Room:
    made = at_gate()
    judge(made.run_id, "errors", "PASS")
    return made


def seen(made: Room) -> dict[str, Any]:
    return {"revision": made.run.revision, "evaluation": gate.last_evaluation(made.run_id)}


def test_the_same_key_again_answers_with_the_first_outcome() -> None:
    made = ready()
    ana, body = caller("ana"), seen(made)
    first = ana.post(f"/runs/{made.run_id}/go", body, Idempotency_Key="deploy-17")
    again = ana.post(f"/runs/{made.run_id}/go", body, Idempotency_Key="deploy-17")
    assert (first.json()["replayed"], again.json()["replayed"]) == (False, True)
    assert first.json()["seq"] == again.json()["seq"]
    assert Decision.objects.filter(verb="go").count() == 1


def test_a_key_stands_for_one_verb() -> None:
    made = ready()
    ana = caller("ana")
    ana.post(f"/runs/{made.run_id}/notes", {"text": "hello"}, Idempotency_Key="k")
    answer = ana.post(f"/runs/{made.run_id}/go", seen(made), Idempotency_Key="k")
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")


@pytest.mark.parametrize("key", ["", "x" * 121, "with space", "naïve"])
def test_a_key_is_printable_and_bounded(key: str) -> None:
    made = ready()
    answer = caller("ana").post(
        f"/runs/{made.run_id}/notes", {"text": "hello"}, Idempotency_Key=key
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_a_verb_names_the_revision_it_was_decided_on() -> None:
    made = ready()
    body = {"evaluation": None}
    answer = caller("ana").post(f"/runs/{made.run_id}/go", body)
    assert (answer.status_code, answer.json()["code"]) == (428, "revision_missing")


def test_an_old_revision_is_stale() -> None:
    made = ready()
    old = seen(made) | {"revision": made.run.revision - 1}
    answer = caller("ana").post(f"/runs/{made.run_id}/go", old)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")


def test_old_evidence_is_stale() -> None:
    made = ready()
    old = seen(made) | {"evaluation": 1_000}
    answer = caller("ana").post(f"/runs/{made.run_id}/go", old)
    assert (answer.status_code, answer.json()["code"]) == (409, "stale")


def test_if_match_carries_the_revision_and_the_answer_the_next_one() -> None:
    made = ready()
    ana = caller("ana")
    tag = ana.get(f"/runs/{made.run_id}")["ETag"]
    body = {"evaluation": None}
    answer = ana.post(f"/runs/{made.run_id}/go", body, If_Match=tag)
    assert answer.status_code == 200
    assert answer["ETag"] == f'"{made.run.revision}"' != tag
    stale = ana.post(f"/runs/{made.run_id}/no-go", {"reason": "late"}, If_Match=tag)
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")


def test_any_revision_will_do_if_one_says_so() -> None:
    made = ready()
    answer = caller("ana").post(f"/runs/{made.run_id}/go", {"evaluation": None}, If_Match="*")
    assert answer.status_code == 200


@pytest.mark.parametrize("tag", ["", 'W/"3"', '"x"', "-1", '"12345678901"'])
def test_if_match_is_a_revision(tag: str) -> None:
    made = ready()
    answer = caller("ana").post(f"/runs/{made.run_id}/go", {"evaluation": None}, If_Match=tag)
    assert (answer.status_code, answer.json()["code"]) == (422, "revision")


def test_two_different_revisions_are_refused() -> None:
    made = ready()
    answer = caller("ana").post(f"/runs/{made.run_id}/go", seen(made), If_Match='"99"')
    assert (answer.status_code, answer.json()["code"]) == (422, "revision")


def test_the_wrong_state_is_a_conflict() -> None:
    made = room()
    answer = caller("ana").click(made.run_id, "go")
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")
    assert "start it" in answer.json()["message"]


def test_a_run_that_is_being_changed_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(*_: object) -> None:
        raise Refused("busy", "Someone else is changing this run right now. Try again.")

    made = ready()
    monkeypatch.setattr(gate, "go", busy)
    answer = caller("ana").click(made.run_id, "go")
    assert (answer.status_code, answer.json()["code"]) == (409, "busy")
    assert answer["Retry-After"] == "1"


def test_after_the_latch_nothing_goes_forward() -> None:
    made = ready()
    rollback.latch(made.run_id, made.lee, Back(reason="now"))
    answer = caller("ana").click(made.run_id, "go")
    assert (answer.status_code, answer.json()["code"]) == (422, "aborted")


def test_going_over_a_failed_check_takes_its_name_and_a_reason() -> None:
    made = at_gate(phases=[phase("one", gate=gate_of(checks=["errors"])), phase("two", 5)])
    judge(made.run_id, "errors", "FAIL")
    ana = caller("ana")
    assert ana.click(made.run_id, "go").json()["code"] == "needs"
    silent = ana.click(made.run_id, "go", overrides=["errors"])
    assert silent.json()["code"] == "reason"
    told = ana.click(made.run_id, "go", overrides=["errors"], reason="known, and harmless")
    assert told.status_code == 200
    assert Event.objects.get(kind="go").payload["overrides"] == ["errors"]


def test_past_the_point_of_no_return_the_name_is_typed() -> None:
    made = at_gate(phases=[phase("one"), phase("cut", 100, point_of_no_return=True)])
    judge(made.run_id, "errors", "PASS")
    ana = caller("ana")
    assert ana.click(made.run_id, "go").json()["code"] == "typed_name"
    assert ana.click(made.run_id, "go", typed="cut").status_code == 200
    confirm_all(made.run_id)
    untyped = ana.post(f"/runs/{made.run_id}/rollback", {"reason": "it burns"})
    assert (untyped.status_code, untyped.json()["code"]) == (422, "typed_name")
    assert made.run.state == State.FROZEN
    typed = ana.post(f"/runs/{made.run_id}/rollback", {"reason": "it burns", "typed": "cut"})
    assert typed.status_code in {200, 202}
    assert Latch.objects.filter(run_id=made.run_id).exists()


def test_rolling_back_needs_no_body_and_no_revision() -> None:
    made = started()
    answer = caller("lee").post(f"/runs/{made.run_id}/rollback", b"")
    assert answer.status_code == 200
    assert answer.json()["confirmed"] is True


def test_a_way_back_that_takes_longer_is_accepted_and_told_route_by_route() -> None:
    made = at_gate(phases=[phase("one", 25), phase("two", 50)])
    plane = FakeDriver(FakeConfig(name="web")).plane
    plane.inject(Faults(unreachable=True))
    try:
        answer = caller("lee").post(f"/runs/{made.run_id}/rollback", {"reason": "now"})
        assert answer.status_code == 202
        [route] = answer.json()["routes"]
        assert route["requested_at"] is not None
        assert route["applied_at"] is not None
        assert route["confirmed_at"] is None
    finally:
        plane.heal()


def test_rolling_back_twice_is_the_same_rollback() -> None:
    made = started()
    lee = caller("lee")
    for _ in range(2):
        assert lee.post(f"/runs/{made.run_id}/rollback", {}).status_code == 200
    assert Latch.objects.filter(run_id=made.run_id).count() == 1


def test_a_run_does_not_start_while_a_route_is_elsewhere() -> None:
    made = room()
    plane = FakeDriver(FakeConfig(name="web")).plane
    plane.inject(Faults(unreachable=True))
    try:
        answer = caller("ana").click(made.run_id, "start")
        assert (answer.status_code, answer.json()["code"]) == (422, "not_ready")
    finally:
        plane.heal()


def test_a_database_that_does_not_answer_is_503(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise OperationalError("the connection is lost")

    made = ready()
    monkeypatch.setattr(gate, "go", gone)
    answer = caller("ana").click(made.run_id, "go")
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "connection" not in answer.json()["message"]


def test_decisions_say_that_they_came_through_the_api() -> None:
    made = ready()
    caller("ana").click(made.run_id, "go")
    decision = Decision.objects.get(verb="go")
    assert (decision.via, decision.actor) == ("api", "ana")
    assert decision.user_id == made.ana.user_id

"""A whole night through the actions, the planes played by the test."""

from __future__ import annotations

import pytest

from migrations_app.actions import gate, resume, rollback
from migrations_app.actions.rollback import Back
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import State
from migrations_app.models import Event, Latch, Route
from tests.build import CLICK, at_gate, confirm_all, judge, weight

pytestmark = pytest.mark.django_db


def test_gate_by_gate_back_and_forward_again_to_the_end() -> None:
    room = at_gate()
    judge(room.run_id, "errors", "PASS")
    assert room.run.state == State.GATE

    gate.go(room.run_id, room.ana, CLICK)
    assert Route.objects.get(run=room.run).desired == weight(1)
    confirm_all(room.run_id)
    gate.go(room.run_id, room.ana, CLICK)
    confirm_all(room.run_id)
    assert (room.run.state, room.run.phase) == (State.GATE, 2)

    rollback.latch(room.run_id, room.lee, Back(reason="errors rise"))
    rollback.write_down(room.run_id)
    assert room.run.state == State.ROLLING_BACK
    assert Route.objects.get(run=room.run).desired == weight(0)
    confirm_all(room.run_id)
    assert room.run.state == State.ROLLED_BACK

    resume.resume(room.run_id, room.ana, CLICK, "canary-50")
    assert (room.run.leg, room.run.state) == (2, State.SHIFTING)
    confirm_all(room.run_id)
    judge(room.run_id, "errors", "PASS")
    gate.go(room.run_id, room.ana, CLICK)
    confirm_all(room.run_id)
    gate.complete(room.run_id, room.ana, CLICK)
    assert room.run.state == State.COMPLETED
    kinds = list(Event.objects.filter(run=room.run).values_list("kind", flat=True))
    assert kinds[-1] == "completed"
    assert kinds.count("rollback") == 1


def test_nothing_goes_forward_after_the_latch_even_before_it_is_written_down() -> None:
    room = at_gate()
    judge(room.run_id, "errors", "PASS")
    rollback.latch(room.run_id, room.lee, Back(reason="now"))
    with pytest.raises(Refused) as refused:
        gate.go(room.run_id, room.ana, CLICK)
    assert refused.value.code == "aborted"


def test_rolling_back_twice_is_one_latch_and_one_event() -> None:
    room = at_gate()
    first = rollback.latch(room.run_id, room.lee, Back(reason="first"))
    again = rollback.latch(room.run_id, room.raj, Back(reason="second"))
    assert again.pk == first.pk
    assert rollback.write_down(room.run_id) is not None
    assert rollback.write_down(room.run_id) is None
    assert Latch.objects.count() == 1


def test_an_old_screen_may_roll_back_but_not_go() -> None:
    room = at_gate()
    judge(room.run_id, "errors", "PASS")
    old = Click(revision=room.run.revision - 1)
    with pytest.raises(Refused) as refused:
        gate.go(room.run_id, room.ana, old)
    assert refused.value.code == "stale"
    rollback.latch(room.run_id, room.ana, Back())
    assert Latch.objects.filter(run=room.run).exists()

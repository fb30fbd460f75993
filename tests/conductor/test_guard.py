"""A run that nobody can see is held, and says what nobody knows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from migrations_app.conductor.guard import blind, guard
from migrations_app.domain.states import State
from migrations_app.models import Check, Delivery, Event, Run
from migrations_app.models.clock import db_now
from tests.build import Room, at_gate, judge, phase, started

pytestmark = pytest.mark.django_db

LONG = timedelta(minutes=3)


def aged(made: Room, **fields: object) -> None:
    """Entered its phase long ago; `fields` of its one check."""
    Run.objects.filter(pk=made.run_id).update(phase_entered_at=db_now() - LONG)
    Check.objects.filter(run=made.run_id).update(**fields)


@pytest.mark.parametrize("make", [started, at_gate])
def test_a_criterion_that_nobody_judged_holds(make: type) -> None:
    made = make(phases=[phase("one", 25)])
    aged(made, evaluated_at=db_now() - LONG, status="PASS")
    guard()
    assert made.run.state == State.HELD
    assert "blind for 3 m" in made.run.why
    assert "nobody can judge errors" in made.run.why
    event = Event.objects.filter(run=made.run_id, kind="held").get()
    assert event.payload["code"] == "blind"


def test_missing_data_counts_from_when_it_went_missing() -> None:
    made = at_gate(phases=[phase("one", 25)])
    now = db_now()
    aged(made, status="NO_DATA", evaluated_at=now, changed_at=now - timedelta(seconds=20))
    assert blind(made.run, now) == ""
    aged(made, status="NO_DATA", evaluated_at=now, changed_at=now - LONG)
    guard()
    assert made.run.state == State.HELD


def test_one_that_was_never_read_gets_the_time_of_its_phase() -> None:
    made = at_gate(phases=[phase("one", 25)])
    assert blind(made.run, db_now()) == ""
    aged(made, evaluated_at=None)
    assert "blind for" in blind(made.run, db_now())


def test_who_sees_goes_on() -> None:
    made = at_gate(phases=[phase("one", 25)])
    aged(made)
    judge(made.run_id, "errors", "PASS")
    guard()
    assert made.run.state == State.GATE


def test_what_aborts_nothing_holds_nothing() -> None:
    made = at_gate(phases=[phase("one", 25)], abort=[])
    aged(made, evaluated_at=None)
    guard()
    assert made.run.state == State.GATE


def test_it_is_said_once() -> None:
    made = at_gate(phases=[phase("one", 25)])
    aged(made, evaluated_at=None)
    for _ in range(3):
        guard()
    assert Event.objects.filter(run=made.run_id, kind="held").count() == 1
    assert Delivery.objects.filter(run=made.run_id, headline__contains="blind").count() <= 1

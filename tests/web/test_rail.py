"""The phase rail: planned against entered, by the times that were written down."""

from __future__ import annotations

from datetime import timedelta

import pytest

from migrations_app.actions.gate import go
from migrations_app.actions.resume import resume
from migrations_app.actions.rollback import Back, latch, write_down
from migrations_app.domain.actor import Click
from migrations_app.models import Run
from migrations_app.reads.room import room
from tests.web import build

pytestmark = pytest.mark.django_db

_GATE = {"checks": ["errors"]}
_PLAN = [
    {"name": name, "weights": {"web": weight}, "hold": hold, "gate": _GATE}
    for name, weight, hold in (("one", 1, "0s"), ("two", 2, "10m"), ("three", 3, "0s"))
]


def test_before_the_start_nothing_is_planned_for_a_time() -> None:
    rail = room(build.world(phases=_PLAN).run_id).rail
    assert [phase.place for phase in rail.phases] == ["ahead"] * 3
    assert [rail.here, rail.late, rail.phases[0].planned_at] == [None, None, None]


def test_planned_and_entered_stand_side_by_side() -> None:
    one = build.all_pass(build.at_gate(phases=_PLAN))
    go(one.run_id, one.actor("ana"), Click())
    rail = room(one.run_id).rail
    assert [phase.place for phase in rail.phases] == ["done", "here", "ahead"]
    begun = one.run.started_at
    assert begun is not None
    assert [phase.planned_at for phase in rail.phases] == [
        begun, begun, begun + timedelta(minutes=10),
    ]  # fmt: skip
    entered = [phase.entered_at for phase in rail.phases]
    assert entered[0] == begun
    assert entered[1] == one.run.phase_entered_at
    assert entered[2] is None


def test_late_is_told() -> None:
    one = build.at_gate(phases=_PLAN)
    earlier = one.run.started_at
    assert earlier is not None
    Run.objects.filter(pk=one.run_id).update(started_at=earlier - timedelta(minutes=6))
    rail = room(one.run_id).rail
    assert rail.late is not None
    assert timedelta(minutes=6) <= rail.late < timedelta(minutes=7)
    assert rail.phases[0].late == rail.late


def test_a_phase_that_lasts_longer_than_planned_makes_the_run_late() -> None:
    one = build.at_gate(phases=_PLAN)
    long_ago = (one.run.started_at or one.run.created_at) - timedelta(minutes=6)
    Run.objects.filter(pk=one.run_id).update(started_at=long_ago, phase_entered_at=long_ago)
    rail = room(one.run_id).rail
    assert not rail.late
    assert rail.due_at == rail.phases[1].planned_at


def test_the_hold_ends_when_it_was_said_to() -> None:
    one = build.all_pass(build.at_gate(phases=_PLAN))
    go(one.run_id, one.actor("ana"), Click())
    assert room(one.run_id).rail.hold_until is None
    build.settled(one)
    held_from = one.run.hold_from
    assert held_from is not None
    assert room(one.run_id).rail.hold_until == held_from + timedelta(minutes=10)


def test_a_later_leg_has_times_of_its_own_and_is_never_late() -> None:
    one = build.at_gate(phases=_PLAN)
    latch(one.run_id, one.actor("ana"), Back())
    write_down(one.run_id)
    build.settled(one)
    resume(one.run_id, one.actor("ana"), Click(), "two")
    rail = room(one.run_id).rail
    assert rail.here is not None
    assert (rail.here.name, rail.late) == ("two", None)
    assert rail.here.entered_at == one.run.phase_entered_at
    assert rail.phases[0].entered_at is None

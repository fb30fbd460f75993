"""A hold counts only while somebody looks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from migrations_app.actions.observe import Slot, observe
from migrations_app.domain.states import State
from migrations_app.models import Event, Run, SourceTick
from migrations_app.models.clock import db_now
from tests.build import confirm_all, phase, run_engine, started
from tests.timeline import assert_whole

if TYPE_CHECKING:
    from tests.build import Room

pytestmark = pytest.mark.django_db

HOLD = timedelta(minutes=10)


def baking(**changes: object) -> Room:
    """Eleven minutes into a hold of ten."""
    room = started(phases=[phase("one", 1, hold="10m"), phase("two", 2)], **changes)
    confirm_all(room.run_id)
    Run.objects.update(hold_from=db_now() - timedelta(minutes=11))
    return room


def looked(room: Room, ago: timedelta) -> None:
    SourceTick.objects.filter(run_id=room.run_id).update(done_at=db_now() - ago)


def look(room: Room) -> None:
    """Somebody reads the source, and finds nothing to say."""
    tick = SourceTick.objects.get(run_id=room.run_id)
    assert observe(
        Slot(tick.pk, tick.done_slot + 1, room.run_id, room.run.leg, room.run.plan_sha256), []
    )


def test_a_hold_that_nobody_watches_is_not_over() -> None:
    room = baking()
    looked(room, timedelta(minutes=3))
    run_engine(room.run_id)
    assert room.run.state == State.BAKING
    assert room.run.wake_at is not None, "somebody looks again soon"


def test_what_went_by_unseen_is_added_to_the_hold_and_said() -> None:
    room = baking()
    looked(room, timedelta(minutes=3))
    look(room)
    left = (room.run.hold_from or db_now()) + HOLD - db_now()
    assert timedelta(minutes=1.9) < left <= timedelta(minutes=2)
    assert room.run.wake_at == (room.run.hold_from or db_now()) + HOLD
    event = Event.objects.get(run_id=room.run_id, kind="unwatched")
    assert event.sentence == "Nobody looked at metrics for 3 m: the hold lasts so much longer"
    run_engine(room.run_id)
    assert room.run.state == State.BAKING
    assert_whole(room.run_id)


def test_a_hold_that_nobody_watched_at_all_begins_when_somebody_does() -> None:
    room = baking()
    look(room)
    assert db_now() - (room.run.hold_from or db_now()) < timedelta(minutes=1)


def test_two_intervals_are_no_gap() -> None:
    room = baking()
    looked(room, timedelta(seconds=1.5))
    look(room)
    assert not Event.objects.filter(run_id=room.run_id, kind="unwatched").exists()
    run_engine(room.run_id)
    assert room.run.state == State.GATE


def test_where_nothing_is_measured_a_hold_is_a_matter_of_time() -> None:
    room = baking(checks=[], abort=[])
    run_engine(room.run_id)
    assert room.run.state == State.GATE

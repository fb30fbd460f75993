"""What is left behind: waited for within the plan's patience, shown, and never cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.actions.rollback import Back
from migrations_app.conductor.rollback import roll_back
from migrations_app.drivers.fake.faults import Faults
from migrations_app.models import Event, Route
from migrations_app.reads.room.routes import route_views

if TYPE_CHECKING:
    from tests.build import Room
    from tests.conductor.conftest import House

pytestmark = pytest.mark.django_db

ALL = [
    {
        "name": "all", "weights": {"web": 100}, "hold": "0s",
        "gate": {"checks": ["errors"], "roles": ["dri"]},
    }
]  # fmt: skip


def moved(house: House, drain: str) -> Room:
    made = house.started(routes=[{"name": "web", "drain": drain}], phases=ALL)
    house.plane().inject(Faults(lingering=7))
    house.visit(made, times=2)
    house.tick(made)
    return made


def test_the_phase_waits_for_what_is_under_way(house: House) -> None:
    made = moved(house, "1h")
    assert made.run.state == "shifting"
    assert made.run.wake_at is not None, "somebody looks again"
    [route] = route_views(made.run)
    assert (route.in_flight, route.left) == (7, "blue")
    house.plane().inject(Faults(lingering=0))
    house.visit(made)
    house.tick(made)
    assert made.run.state != "shifting"


def test_no_patience_in_the_plan_means_no_waiting(house: House) -> None:
    assert moved(house, "0s").run.state != "shifting"


def test_patience_ends(house: House) -> None:
    assert moved(house, "1ms").run.state != "shifting"


def test_a_rollback_waits_for_nobody(house: House) -> None:
    made = moved(house, "1h")
    roll_back(made.run_id, made.lee, Back(reason="it is enough"))
    assert made.run.state == "rolled_back"


def test_a_plane_that_does_not_tell_is_not_waited_for(house: House) -> None:
    made = house.started(routes=[{"name": "web", "drain": "1h"}], phases=ALL)
    house.visit(made, times=2)
    house.tick(made)
    assert made.run.state != "shifting"
    assert Route.objects.get(run=made.run).in_flight is None
    assert Event.objects.filter(run=made.run, kind="settled").exists()

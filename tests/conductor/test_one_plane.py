"""A plane belongs to one live run at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.actions.start import call_off, plan_run
from migrations_app.conductor.start import start
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import State
from migrations_app.models import Membership, Migration
from tests.build import CLICK

if TYPE_CHECKING:
    from migrations_app.models import Run
    from tests.build import Room
    from tests.conductor.conftest import House

pytestmark = pytest.mark.django_db


def neighbour(made: Room) -> Run:
    """A planned run of another migration, on the same planes."""
    ours = made.run.migration
    plan = {**ours.plan, "migration": "invoices-db"}
    other = Migration.objects.create(slug="invoices-db", title="I", plan=plan, sha256="1" * 64)
    for seat in Membership.objects.filter(migration=ours):
        Membership.objects.create(migration=other, user=seat.user, role=seat.role)
    return plan_run(other.pk, "rehearsal", made.ana)


def test_a_second_run_on_the_same_plane_does_not_start(house: House) -> None:
    made = house.planned()
    start(made.run_id, made.ana, CLICK)
    other = neighbour(made)
    with pytest.raises(Refused, match=f"web is moved by another live run: run {made.run_id} of"):
        start(other.pk, made.ana, CLICK)
    other.refresh_from_db()
    assert other.state == State.PLANNED


def test_it_starts_once_the_first_is_over(house: House) -> None:
    made = house.planned()
    other = neighbour(made)
    call_off(made.run_id, made.ana, CLICK)
    start(other.pk, made.ana, CLICK)
    other.refresh_from_db()
    assert other.state == State.SHIFTING

"""Routes that are no share of traffic, and what is left behind, as the room shows them."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from migrations_app.models import Route
from migrations_app.models.clock import db_now
from tests.browser.conftest import calm

if TYPE_CHECKING:
    from tests.browser.conftest import Desk
    from tests.web.build import World

pytestmark = pytest.mark.browser


def with_others() -> World:
    """At a gate: GREEN has everything, a mirror copies, Argo CD is frozen."""
    one = calm()
    now = db_now()
    Route.objects.filter(run_id=one.run_id).update(
        desired=100, observed=100, observed_at=now, in_flight=12, lag=60
    )
    for position, (name, title, moves, weight) in enumerate(
        (("shadow", "Shadow", "mirror", "10"), ("gitops", "Argo CD frozen", "switch", "100"))
    ):
        Route.objects.create(
            run_id=one.run_id, name=name, title=title, position=10 + position, kind="fake",
            config={"name": f"{name}-{one.run_id}"}, baseline=0, desired=Decimal(weight),
            observed=Decimal(weight), observed_at=now, moves=moves,
        )  # fmt: skip
    Route.objects.filter(run_id=one.run_id).update(read_at=now + timedelta(days=1))
    return one


def test_a_mirror_copies_a_switch_is_on_and_what_is_under_way_is_told(desk: Desk) -> None:
    room = desk.sit(with_others(), "ana")
    routes = room.page.locator(".routes")
    expect(routes.locator(".route", has_text="Shadow")).to_contain_text("copies")
    expect(routes.locator(".route", has_text="Shadow")).to_contain_text("10 %")
    switch = routes.locator(".route", has_text="Argo CD frozen")
    expect(switch).to_contain_text("on")
    expect(switch).not_to_contain_text("%")
    expect(routes).to_contain_text("12 still under way on blue; nothing is cut off.")

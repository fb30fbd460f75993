"""How long the way back takes, where people look: the banner, the plan, the start, the retro."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import async_to_sync
from django.test import Client

from migrations_app.actions import rollback, shift
from migrations_app.actions.rollback import Back
from migrations_app.actions.start import plan_run
from migrations_app.domain.actor import ENGINE
from migrations_app.models import Flip
from migrations_app.models.clock import db_now
from migrations_app.reads.retro import markdown
from tests.web import build

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from migrations_app.domain.actor import Actor
    from tests.web.build import World

pytestmark = pytest.mark.django_db


def page(user: User, address: str) -> str:
    browser = Client()
    browser.force_login(user)
    return browser.get(address).content.decode()


def gone_back(one: World, actor: Actor, **back: Any) -> World:
    """The planes obey at once."""
    rollback.latch(one.run_id, actor, Back(reason="errors", **back))
    rollback.write_down(one.run_id)
    for flip in Flip.objects.filter(route__run=one.run_id, closed_at=None):
        shift.confirm(flip.pk, shift.ReadBack(flip.weight, ""))
    return one


def test_after_a_click_the_banner_counts_from_it() -> None:
    one = build.ready()
    assert "planned, never measured" in page(one.users["ana"], f"/runs/{one.run_id}/")
    gone_back(one, one.actor("ana"))
    shown = page(one.users["ana"], f"/runs/{one.run_id}/")
    assert "from the click" in shown
    assert "never measured" not in shown


def test_after_a_breach_it_counts_from_the_first_bad_sample() -> None:
    one = build.ready()
    since = (db_now() - timedelta(seconds=90)).isoformat()
    gone_back(one, ENGINE, trigger="criterion", evidence={"since": since})
    shown = page(one.users["ana"], f"/runs/{one.run_id}/")
    assert "1 m 30 s" in shown
    assert "from the breach" in shown
    assert "from the trip" in shown
    assert "1 m 30 s after the breach" in _retro(one.run_id)


def _retro(run_id: int) -> str:
    async def whole() -> str:
        return "".join([piece async for piece in markdown(run_id)])

    return async_to_sync(whole)()


def in_production(one: World) -> int:
    """The number of a planned run in an environment of the kind production."""
    migration = one.run.migration
    there = migration.plan["environments"]
    there["production"] = {**there["rehearsal"], "kind": "production"}
    migration.save()
    return plan_run(migration.pk, "production", one.actor("ana")).pk


def test_before_the_start_of_production_what_is_not_rehearsed_is_said() -> None:
    one = build.ready()
    run_id = in_production(one)
    ana = one.users["ana"]
    assert "Before you start: the way back was never measured" in page(ana, f"/runs/{run_id}/")
    assert "Before the start: the way back was never measured" in page(ana, f"/runs/{run_id}/plan/")
    gone_back(one, one.actor("ana"))
    assert "Before you start" not in page(ana, f"/runs/{run_id}/")
    plan = page(ana, f"/runs/{run_id}/plan/")
    assert "Before the start" not in plan
    assert "Way back rehearsed" in plan
    assert "within the RTO" in plan
    assert "Way back rehearsed" not in page(ana, f"/runs/{one.run_id}/plan/"), "a rehearsal"

"""A plan is frozen; changing it under a live run is an event."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.actions.amend import amend
from migrations_app.domain.actor import Click
from migrations_app.domain.errors import Refused
from migrations_app.models import Check, Event, Migration
from migrations_app.reads.plans import plan_of
from tests.build import at_gate, judge, phase, plan_data
from tests.timeline import assert_whole

if TYPE_CHECKING:
    from tests.build import Room

pytestmark = pytest.mark.django_db

WHY = Click(reason="the threshold was too tight")


def load(room: Room, **changes: Any) -> None:
    """Somebody loads a changed runbook."""
    Migration.objects.filter(pk=room.run.migration_id).update(plan=plan_data(**changes))


def check(threshold: str, name: str = "errors") -> dict[str, Any]:
    first: dict[str, Any] = plan_data()["checks"][0]
    return first | {"fail_when": threshold, "name": name}


def test_loading_a_new_plan_changes_nothing_for_a_live_run() -> None:
    room = at_gate()
    before = plan_of(room.run)
    load(room, checks=[check("> 1 %")])
    assert plan_of(room.run) == before


def test_an_amendment_takes_over_the_new_plan_with_person_reason_and_difference() -> None:
    room = at_gate()
    judge(room.run_id, "errors", "PASS")
    load(room, checks=[check("> 1 %"), check("> 2 %", "other")])
    amend(room.run_id, room.ana, WHY)
    assert [spec.fail_when for spec in plan_of(room.run).plan.checks] == ["> 1 %", "> 2 %"]
    event = Event.objects.get(kind="amended")
    assert event.payload["reason"] == WHY.reason
    paths = [path for path, _, _ in event.payload["changes"]]
    assert "plan.checks.errors.fail_when" in paths
    assert set(Check.objects.values_list("name", "status")) == {
        ("errors", "NO_DATA"),
        ("other", "NO_DATA"),
    }
    assert_whole(room.run_id)


def test_a_check_that_did_not_change_keeps_what_it_knows() -> None:
    room = at_gate()
    judge(room.run_id, "errors", "PASS")
    load(room, checks=[check("> 0.3 %"), check("> 2 %", "other")])
    amend(room.run_id, room.ana, WHY)
    assert Check.objects.get(name="errors").status == "PASS"


def test_without_a_reason_without_a_change_or_without_the_role_it_is_refused() -> None:
    room = at_gate()
    for actor, click, code in (
        (room.ana, WHY, "unchanged"),
        (room.ana, Click(), "reason"),
        (room.raj, WHY, "not_allowed"),
    ):
        with pytest.raises(Refused) as refused:
            amend(room.run_id, actor, click)
        assert refused.value.code == code


def test_routes_and_phases_already_entered_stay() -> None:
    room = at_gate()
    load(room, routes=[{"name": "web", "rank": 3}])
    with pytest.raises(Refused, match="Routes"):
        amend(room.run_id, room.ana, WHY)
    load(room, phases=[phase("something-else"), phase("canary-1", 1)])
    with pytest.raises(Refused, match="Phases"):
        amend(room.run_id, room.ana, WHY)

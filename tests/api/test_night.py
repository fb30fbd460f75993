"""A whole night over HTTP, as a pipeline would say it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from migrations_app.models import Event, Migration, Run
from migrations_app.models.clock import db_now
from tests.api.caller import caller
from tests.build import confirm_all, gate, judge, phase, room

if TYPE_CHECKING:
    from migrations_app.conductor.hints import Hint

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("poked")]

PHASES = [
    phase("shadow", steps=[{"name": "look"}], gate=gate("dri", "database", checks=["errors"])),
    phase("canary", 10),
    phase("full", 100),
]


def test_from_planning_to_completed_with_a_rollback_in_between(poked: list[Hint]) -> None:
    made = room(phases=PHASES)
    ana, raj = caller("ana"), caller("raj")
    [migration] = ana.get("/migrations").json()
    assert migration["environments"] == {"rehearsal": "rehearsal"}

    planned = ana.post(f"/migrations/{migration['slug']}/runs", {"environment": "rehearsal"})
    assert (planned.status_code, planned.json()["run_id"]) == (200, made.run_id)
    run = f"/runs/{made.run_id}"

    started = ana.click(made.run_id, "start")
    assert (started.status_code, started.json()["state"]) == (200, "shifting")
    assert [hint.task for hint in poked] == ["warroom.traffic.reconcile"]
    confirm_all(made.run_id)
    assert ana.get(run).json()["gate"]["opened_at"] is not None

    early = ana.click(made.run_id, "go")
    assert (early.status_code, early.json()["code"]) == (422, "needs")
    judge(made.run_id, "errors", "PASS")
    assert raj.click(made.run_id, "steps/look/complete").status_code == 200
    assert raj.click(made.run_id, "sign-off", role="database").status_code == 200
    assert ana.click(made.run_id, "go").json()["state"] == "shifting"
    confirm_all(made.run_id)

    back = raj.post(f"{run}/rollback", {"reason": "p95 rises"})
    assert back.status_code == 200
    assert [one["confirmed_at"] is not None for one in back.json()["routes"]] == [True]
    assert ana.get(run).json()["state"] == "rolled_back"
    assert ana.get(run).json()["latch"]["reason"] == "p95 rises"

    assert ana.click(made.run_id, "resume", phase="canary").json()["state"] == "shifting"
    confirm_all(made.run_id)
    judge(made.run_id, "errors", "PASS")
    assert ana.click(made.run_id, "go").status_code == 200
    confirm_all(made.run_id)
    assert ana.click(made.run_id, "complete").json()["state"] == "completed"
    told = [one["kind"] for one in ana.get(f"{run}/timeline", limit=500).json()["entries"]]
    assert told == list(Event.objects.filter(run_id=made.run_id).values_list("kind", flat=True))
    assert {"go", "rollback", "restored", "resumed", "completed"} <= set(told)


def test_a_first_run_is_planned_once() -> None:
    room()
    Run.objects.all().update(state="called_off")
    ana = caller("ana")
    first = ana.post("/migrations/orders-db/runs", {"environment": "rehearsal"})
    again = ana.post("/migrations/orders-db/runs", {"environment": "rehearsal"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["run_id"] == again.json()["run_id"]


def test_no_go_holds_and_call_off_ends() -> None:
    made = room()
    ana, lee = caller("ana"), caller("lee")
    ana.click(made.run_id, "start")
    confirm_all(made.run_id)
    silent = lee.click(made.run_id, "no-go")
    assert (silent.status_code, silent.json()["code"]) == (422, "reason")
    assert lee.click(made.run_id, "no-go", reason="not tonight").json()["state"] == "held"
    lee.post(f"/runs/{made.run_id}/rollback", {})
    assert ana.click(made.run_id, "call-off", reason="tomorrow").json()["state"] == "called_off"


def test_a_pipeline_pushes_evidence_and_leaves_notes() -> None:
    made = room(**pushed_plan())
    caller("ana").click(made.run_id, "start")
    raj, now = caller("raj"), db_now()
    measured = {
        "check": "smoke",
        "value": 0.25,
        "samples": 400,
        "sampled_at": (now - timedelta(seconds=5)).isoformat(),
        "expires_at": (now + timedelta(minutes=5)).isoformat(),
    }
    pushed = raj.post(f"/runs/{made.run_id}/evidence", measured)
    assert (pushed.status_code, pushed.json()["sentence"]) == (
        200,
        "Evidence for smoke pushed by raj",
    )
    unknown = raj.post(f"/runs/{made.run_id}/evidence", measured | {"check": "errors"})
    assert (unknown.status_code, unknown.json()["code"]) == (422, "unknown_check")
    noted = raj.post(f"/runs/{made.run_id}/notes", {"text": "smoke tests are green"})
    assert noted.json()["sentence"] == "raj: smoke tests are green"


def pushed_plan() -> dict[str, object]:
    smoke = {
        "name": "smoke", "source": "pipeline", "query": "smoke", "unit": "%",
        "fail_when": "> 1 %",
    }  # fmt: skip
    errors = {
        "name": "errors", "source": "metrics", "query": "errors", "unit": "ratio",
        "fail_when": "> 0.3 %",
    }  # fmt: skip
    sources = {"metrics": {"kind": "fake"}, "pipeline": {"kind": "pushed"}}
    routes = {"web": {"driver": "fake", "config": {"name": "web"}}}
    rehearsal = {"kind": "rehearsal", "routes": routes, "sources": sources}
    return {"checks": [errors, smoke], "environments": {"rehearsal": rehearsal}}


def test_a_plan_is_amended_for_a_reason() -> None:
    made = room()
    ana = caller("ana")
    ana.click(made.run_id, "start")
    Migration.objects.update(plan={**Migration.objects.get().plan, "title": "Orders, again"})
    assert ana.click(made.run_id, "amend").json()["code"] == "reason"
    assert ana.click(made.run_id, "amend", reason="a better title").status_code == 200
    assert ana.get(f"/runs/{made.run_id}").json()["title"] == "Orders, again"


def test_a_plan_that_was_broken_meanwhile_says_so() -> None:
    made = room()
    Migration.objects.update(plan={**Migration.objects.get().plan, "environments": {}})
    answer = caller("ana").click(made.run_id, "start")
    assert (answer.status_code, answer.json()["code"]) == (422, "config")

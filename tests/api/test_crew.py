"""People over HTTP: who is there, what they owe, and the verbs about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.domain.plan.people import Role
from migrations_app.models import Event
from tests.actions.test_handover import crewed, dri
from tests.api.caller import caller
from tests.build import at_gate, gate, judge, phase

if TYPE_CHECKING:
    from tests.build import Room

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("poked")]

STEP = {"name": "warm", "title": "Warm the caches", "owner": "infrastructure", "expected": "5m"}
FIRST = phase("one", 1, steps=[STEP]) | {"gate": gate("dri", "database", four_eyes=True)}


def waiting() -> Room:
    made = crewed(at_gate(phases=[FIRST, phase("two", 2)]), tom=(Role.DRI, True))
    judge(made.run_id, "errors", "PASS")
    return made


def person(shown: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in shown["people"] if one["name"] == name)


def test_a_role_is_offered_seen_and_accepted() -> None:
    made = waiting()
    run, ana, tom = f"/runs/{made.run_id}", caller("ana"), caller("tom")
    body = {"role": "dri", "to": "tom", "reason": "my shift ends"}
    assert ana.post(f"{run}/handovers", body).status_code == 200
    [offer] = tom.get(run).json()["offers"]
    assert (offer["giver"], offer["taker"], offer["role"]) == ("ana", "tom", "dri")
    assert person(tom.get(run).json(), "tom")["owes"][0]["about"] == "handover"
    here = f"{run}/handovers/{offer['id']}"
    assert ana.post(f"{here}/accept").json()["code"] == "not_yours"
    assert tom.post(f"{here}/decline").json()["code"] == "reason"
    assert tom.post(f"{here}/accept", {}).status_code == 200
    assert dri() == ["tom"]
    you = caller("ana").get(run).json()["you"]
    assert (you["roles"], you["backs_up"]) == (["dri"], ["dri"])
    assert ana.click(made.run_id, "go").status_code == 403
    assert ana.post(f"{run}/take-over", {"reason": "tom is gone"}).status_code == 200
    assert dri() == ["ana"]


def test_an_offer_is_withdrawn() -> None:
    made = waiting()
    run, ana = f"/runs/{made.run_id}", caller("ana")
    ana.post(f"{run}/handovers", {"role": "dri", "to": "tom"})
    [offer] = ana.get(run).json()["offers"]
    assert ana.post(f"{run}/handovers/{offer['id']}/withdraw").status_code == 200
    assert ana.get(run).json()["offers"] == []


def test_a_step_is_taken_noted_and_put_down() -> None:
    made = waiting()
    run, lee, raj = f"/runs/{made.run_id}", caller("lee"), caller("raj")
    assert lee.post(f"{run}/steps/warm/take").status_code == 200
    assert raj.post(f"{run}/steps/warm/take").json()["code"] == "taken"
    assert raj.post(f"{run}/steps/warm/take", {"over": "lee"}).status_code == 200
    assert raj.post(f"{run}/steps/warm/notes", {"text": "half of it"}).status_code == 200
    [step] = raj.get(run).json()["steps"]
    assert (step["taken_by"], step["expected"], step["took"]) == ("raj", 300.0, None)
    assert [note["text"] for note in step["notes"]] == ["half of it"]
    assert raj.post(f"{run}/steps/warm/put-down").status_code == 200
    assert raj.get(run).json()["steps"][0]["taken_by"] == ""


def test_what_is_owed_is_what_can_be_asked_for() -> None:
    made = waiting()
    run, ana = f"/runs/{made.run_id}", caller("ana")
    shown = ana.get(run).json()
    assert shown["gate"]["four_eyes"] is True
    [owed] = person(shown, "raj")["owes"]
    asked = ana.post(f"{run}/nudges", {"about": owed["about"], "person": "raj"})
    assert asked.json()["sentence"] == "ana asks raj for the sign-off for database"
    assert person(ana.get(run).json(), "raj")["owes"][0]["again_at"] is not None
    again = ana.post(f"{run}/nudges", {"about": owed["about"], "role": "database"})
    assert (again.status_code, again.json()["code"]) == (422, "too_soon")


def test_a_key_counts_once() -> None:
    made = waiting()
    run, ana = f"/runs/{made.run_id}", caller("ana")
    body = {"about": "sign_off", "person": "raj"}
    first = ana.post(f"{run}/nudges", body, Idempotency_Key="k")
    again = ana.post(f"{run}/nudges", body, Idempotency_Key="k")
    assert (first.json()["seq"], again.json()["replayed"]) == (again.json()["seq"], True)
    assert Event.objects.filter(kind="nudged").count() == 1

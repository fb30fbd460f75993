"""How long the way back took, by what was read back, and who asks for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.actions import rollback, start
from migrations_app.actions.rollback import Back
from migrations_app.conductor import doctor_stack
from migrations_app.conductor.rollback import roll_back
from migrations_app.conductor.start import start as conductor_start
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.plan.bind import bind
from migrations_app.domain.plan.schema import Plan
from migrations_app.domain.states import State
from migrations_app.drivers.fake.faults import Faults
from migrations_app.models import Attempt, Event, Migration, Run
from migrations_app.reads.rehearsed import rehearsed
from migrations_app.reads.walked import walked
from tests.build import CLICK, phase, plan_data, room
from tests.conductor.test_rollback import at_half

if TYPE_CHECKING:
    from tests.build import Room
    from tests.conductor.conftest import House

pytestmark = pytest.mark.django_db


def restored(made: Room) -> Event:
    return Event.objects.get(run_id=made.run_id, kind="restored")


@pytest.mark.django_db(transaction=True)
def test_of_a_breach_the_clock_runs_from_the_first_bad_sample(house: House) -> None:
    check = {**plan_data()["checks"][0], "consecutive": 3}
    made = at_half(house, "web", "flag", checks=[check])
    house.source.set("errors", 0.02)
    for _ in range(3):
        house.read(made)
        _a_second_ago(made)
    house.read(made)
    assert made.run.state == State.ROLLED_BACK
    event = restored(made)
    told = event.payload
    assert told["from"] == "breach"
    assert told["seconds"] > told["asked_seconds"] > 0
    assert set(told["routes"]) == {"web", "flag"}
    assert max(told["routes"].values()) == told["asked_seconds"]
    since = datetime.fromisoformat(told["breach_at"])
    assert since < datetime.fromisoformat(told["asked_at"]) < event.at
    assert told["seconds"] == pytest.approx((event.at - since).total_seconds(), abs=0.2)
    assert "after the breach" in event.sentence


def _a_second_ago(made: Room) -> None:
    """Move what the check remembers, and its readings, a second into the past."""
    [row] = made.run.checks.all()
    for key in ("at", "read_at"):
        row.memory[key] = _earlier(row.memory[key])
    for key in ("since", "counted_at"):
        row.memory["streak"][key] = _earlier(row.memory["streak"][key])
    row.save(update_fields=["memory"])


def _earlier(moment: str) -> str:
    return (datetime.fromisoformat(moment) - timedelta(seconds=1)).isoformat()


def test_of_a_click_it_runs_from_the_click(house: House) -> None:
    made = at_half(house)
    roll_back(made.run_id, made.lee, Back(reason="errors"))
    told = restored(made).payload
    assert (told["from"], told["breach_at"]) == ("click", None)
    assert told["seconds"] == told["asked_seconds"] == told["routes"]["web"] > 0
    assert "after the click" in restored(made).sentence
    found = walked("orders-db")
    assert found is not None
    assert (found.begun, found.took.total_seconds()) == ("click", told["seconds"])


def test_of_a_criterion_without_a_since_it_runs_from_the_trip(house: House) -> None:
    made = at_half(house)
    roll_back(made.run_id, ENGINE, Back(reason="errors", trigger="criterion"))
    assert restored(made).payload["from"] == "trip"


def test_what_a_journal_tells_counts_by_the_journal(house: House) -> None:
    """PostgreSQL was away for an hour: the planes were back long before it was written down."""
    made = at_half(house)
    called = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
    journal = [
        {"what": "called", "at": called.isoformat()},
        {"what": "confirmed", "route": "web", "at": (called + timedelta(seconds=3)).isoformat()},
    ]
    roll_back(made.run_id, made.lee, Back(reason="fire", evidence={"journal": journal}))
    assert restored(made).payload["seconds"] == 3


def test_a_route_nobody_read_back_leaves_it_unmeasured(house: House) -> None:
    made = at_half(house)
    house.plane().inject(Faults(unreachable=True))
    roll_back(made.run_id, made.lee, Back())
    assert walked("orders-db") is None


def test_a_plane_that_says_yes_and_does_nothing_pages_and_is_asked_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = at_half(house)
    house.plane().inject(Faults(lying=True))
    (back,) = roll_back(made.run_id, made.lee, Back(reason="errors"))
    assert (back.confirmed_at, made.run.state) == (None, State.ROLLING_BACK)
    monkeypatch.setattr("migrations_app.conductor.orders.late", lambda *_: True)
    house.visit(made)
    before = Attempt.objects.count()
    house.visit(made, times=2)
    assert Attempt.objects.count() > before, "it is asked again and again"
    assert walked("orders-db") is None, "and not called measured"
    house.say(made)
    loud = [one.message for one in house.channel.messages if one.message.tone == "alarm"]
    alarms = [one for one in loud if "is not confirmed" in one.headline]
    assert len(alarms) == 1, "people are told once, loudly"
    house.plane().heal()
    house.visit(made)
    assert (house.weights(), made.run.state) == ([0], State.ROLLED_BACK)


def test_a_plane_that_lies_after_the_rollback_pages_too(house: House) -> None:
    made = at_half(house)
    roll_back(made.run_id, made.lee, Back())
    house.plane().drift(Decimal(50))
    house.plane().inject(Faults(lying=True))
    house.visit(made, times=3)
    assert house.kinds(made).count("weight_unverified") == 1
    assert "repaired" not in house.kinds(made)
    house.plane().heal()
    house.visit(made)
    assert house.weights() == [0]
    assert house.kinds(made)[-2:] == ["repaired", "trouble_gone"]


def test_a_latch_that_can_t_be_written_down_restores_nothing(house: House) -> None:
    made = at_half(house)
    rollback.latch(made.run_id, made.lee, Back())
    house.visit(made)
    assert not Event.objects.filter(kind="restored").exists()


def production(house: House) -> dict[str, Any]:
    both = house.environments()
    return {"environments": both | {"production": {**both["rehearsal"], "kind": "production"}}}


def test_production_asks_for_a_rehearsal_within_the_rto(house: House) -> None:
    made = at_half(house, **production(house))
    plan = Plan.model_validate(made.run.migration.plan)
    bound = bind(plan, "production")
    assert rehearsed("orders-db", bind(plan, "rehearsal")) is None
    never = rehearsed("orders-db", bound)
    assert never is not None
    assert not never.well
    assert "never measured in a rehearsal" in never.sentence
    assert [one.mark for one in doctor_stack._way_back(bound)] == ["!"]
    roll_back(made.run_id, made.lee, Back())
    once = rehearsed("orders-db", bound)
    assert once is not None
    assert once.well
    assert "measured once in rehearsals" in once.sentence
    assert "within the RTO of 2 m" in once.sentence
    assert [one.mark for one in doctor_stack._way_back(bound)] == ["✔"]


def test_one_that_took_longer_than_the_rto_is_not_enough(house: House) -> None:
    made = at_half(house, **production(house))
    called = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
    late = called + timedelta(minutes=3)
    journal = [
        {"what": "called", "at": called.isoformat()},
        {"what": "confirmed", "route": "web", "at": late.isoformat()},
    ]
    roll_back(made.run_id, made.lee, Back(evidence={"journal": journal}))
    found = rehearsed("orders-db", bind(Plan.model_validate(made.run.migration.plan), "production"))
    assert found is not None
    assert not found.well
    assert "at best 3 m from the click, but the RTO is 2 m" in found.sentence


def test_clients_that_follow_late_count_against_the_rto(house: House) -> None:
    """A DNS record is back at once; whoever asked a minute ago is not."""
    changes = {"environments": house.environments(lag=300), "phases": [phase("half", 50)]}
    made = house.planned(**changes)
    house.source.set("errors", 0.0)
    conductor_start(made.run_id, made.ana, CLICK)
    house.settle(made)
    roll_back(made.run_id, made.lee, Back())
    event = restored(made)
    assert event.payload["lag_seconds"] == 300
    assert "clients follow within 5 m" in event.sentence
    found = walked("orders-db")
    assert found is not None
    assert found.took - found.asked == timedelta(seconds=300)


def test_a_start_in_production_says_what_was_known_of_the_way_back(house: House) -> None:
    made = room(**plan_data(**production(house), phases=[phase("half", 50)]))
    run = start.plan_run(Migration.objects.get().pk, "production", made.ana)
    start.start(run.pk, made.ana, CLICK)
    assert "never measured" in Event.objects.get(run=run, kind="started").payload["way_back"]
    start.start(made.run_id, made.ana, CLICK)
    assert Event.objects.get(run=made.run_id, kind="started").payload["way_back"] == ""
    assert Run.objects.count() == 2

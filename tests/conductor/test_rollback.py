"""Bringing everything back: by a click, by a criterion, and when half the world is against it."""

from __future__ import annotations

import threading
import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.actions import gate, resume, rollback
from migrations_app.actions.rollback import Back
from migrations_app.conductor import rollback as conducting
from migrations_app.conductor.rollback import roll_back
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import State
from migrations_app.drivers.fake.driver import FakeDriver
from migrations_app.drivers.fake.faults import Faults
from migrations_app.models import Event, Latch, Route
from migrations_app.sources.fake.script import FaultKind
from tests.build import CLICK, phase
from tests.timeline import assert_whole

if TYPE_CHECKING:
    from tests.build import Room
    from tests.conductor.conftest import House

pytestmark = pytest.mark.django_db


def at_half(house: House, *routes: str, **changes: Any) -> Room:
    """At the open gate of a phase that moved every route to 50 %."""
    weights = dict.fromkeys(routes or ("web",), 50)
    phases = changes.pop("phases", None) or [
        {**phase("half"), "weights": weights},
        phase("all", 100),
    ]
    made = house.started(*routes, phases=phases, **changes)
    house.settle(made)
    return made


def test_one_click_brings_the_weight_back_and_reads_it(house: House) -> None:
    made = at_half(house)
    (back,) = roll_back(made.run_id, made.lee, Back(reason="errors"))
    assert house.weights() == [0]
    assert back.requested_at is not None
    assert back.applied_at is not None
    assert back.confirmed_at is not None
    assert back.requested_at <= back.applied_at <= back.confirmed_at
    assert made.run.state == State.ROLLED_BACK
    assert_whole(made.run_id)


def test_only_the_role_is_needed(house: House) -> None:
    made = at_half(house)
    with pytest.raises(Refused) as refused:
        roll_back(made.run_id, made.oz, Back())
    assert refused.value.code == "not_allowed"
    assert not Latch.objects.exists()
    assert roll_back(made.run_id, made.raj, Back())


@pytest.mark.django_db(transaction=True)
def test_a_rank_that_is_stuck_does_not_hold_the_next_one_up_for_long(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever its driver's timeout is: a cloud may be given a minute."""
    made = at_half(house, "web", "reads")
    Route.objects.filter(run_id=made.run_id, name="reads").update(rank=1)
    monkeypatch.setattr(conducting, "RANK_BUDGET_S", 0.1)
    released, apply = threading.Event(), FakeDriver.apply

    def stuck(driver: FakeDriver, weight: Decimal, token: str | None) -> None:
        if driver.plane is house.plane("web"):
            assert released.wait(60)
        apply(driver, weight, token)

    monkeypatch.setattr(FakeDriver, "apply", stuck)
    roll_back(made.run_id, made.lee, Back())
    assert house.plane("reads").state().weight == 0
    assert house.plane("web").state().weight == 50, "still stuck"
    released.set()
    until = time.monotonic() + 60
    while moving() and time.monotonic() < until:
        time.sleep(0.02)
    assert house.plane("web").state().weight == 0


def moving() -> bool:
    return any(one.name.startswith("rollback") for one in threading.enumerate())


@pytest.mark.django_db(transaction=True)
def test_routes_of_one_rank_go_before_the_next_rank(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = at_half(house, "web", "reads")
    Route.objects.filter(run_id=made.run_id, name="web").update(rank=1)
    seen: list[str] = []

    def one(pk: int) -> None:
        seen.append(Route.objects.get(pk=pk).name)

    monkeypatch.setattr(conducting, "_one", one)
    roll_back(made.run_id, made.lee, Back())
    assert seen == ["reads", "web"] * 2, "moved, then confirmed"


def test_an_abort_criterion_rolls_back_by_itself(house: House) -> None:
    made = at_half(house)
    house.source.set("errors", 0.02)
    house.read(made)
    assert house.weights() == [0]
    assert made.run.state == State.ROLLED_BACK
    event = Event.objects.get(run_id=made.run_id, kind="rollback")
    assert event.actor == ENGINE.name
    assert "errors" in event.sentence
    assert event.payload["seen"]["readings"]["value"]["value"] == 0.02
    assert event.payload["evidence"]["checks"][0]["status"] == "FAIL"


def test_exactly_at_the_threshold_nothing_trips(house: House) -> None:
    made = at_half(house)
    house.source.set("errors", 0.003)
    house.read(made)
    assert (house.weights(), made.run.state) == ([50], State.GATE)


@pytest.mark.parametrize(
    "fault",
    [FaultKind.NAN, FaultKind.EMPTY, FaultKind.MANY_SERIES, FaultKind.WARNINGS, FaultKind.ERROR],
)
def test_no_data_holds_the_weight_blocks_go_and_does_not_roll_back(
    house: House, fault: FaultKind
) -> None:
    checks = {"roles": ["dri"], "checks": ["errors"]}
    made = at_half(house, phases=[phase("half", 50) | {"gate": checks}, phase("all", 100)])
    house.source.fail(fault)
    house.read(made)
    assert house.weights() == [50]
    with pytest.raises(Refused, match="errors"):
        gate.go(made.run_id, made.ana, CLICK)
    assert not Latch.objects.exists()


def test_past_the_point_of_no_return_a_criterion_freezes(house: House) -> None:
    frozen = {"abort_policy": "freeze", "point_of_no_return": True}
    made = at_half(house, phases=[phase("half", 50, **frozen), phase("all", 100)])
    house.source.set("errors", 0.5)
    house.read(made)
    house.visit(made)
    assert (house.weights(), made.run.state) == ([50], State.FROZEN)
    assert not Latch.objects.exists()


def test_past_the_point_of_no_return_a_click_explains_freezes_and_takes_a_name(
    house: House,
) -> None:
    frozen = {"abort_policy": "freeze", "point_of_no_return": True}
    made = at_half(house, phases=[phase("half", 50, **frozen), phase("all", 100)])
    with pytest.raises(Refused, match='type "half"'):
        roll_back(made.run_id, made.ana, Back())
    assert (house.weights(), made.run.state) == ([50], State.FROZEN)
    roll_back(made.run_id, made.ana, Back(typed="half", reason="worse than data loss"))
    assert (house.weights(), made.run.state) == ([0], State.ROLLED_BACK)


def test_a_blue_that_fails_worse_is_never_the_target_of_an_automatic_rollback(
    house: House,
) -> None:
    check = {
        "name": "errors", "source": "metrics", "query": "errors", "blue_query": "blue",
        "unit": "ratio", "fail_when": "> 0.3 %",
    }  # fmt: skip
    house.source.set("blue", 0.0)
    made = at_half(house, checks=[check])
    house.source.set("blue", 0.5)
    house.source.set("errors", 0.1)
    house.read(made)
    assert (house.weights(), made.run.state) == ([50], State.HELD)
    assert "BLUE" in made.run.why
    with pytest.raises(Refused, match="BLUE is no better"):
        roll_back(made.run_id, made.ana, Back(reason="go back"))
    assert house.weights() == [50]
    roll_back(made.run_id, made.ana, Back(reason="go back anyway", sure=True))
    assert house.weights() == [0]


def test_a_stale_forward_write_that_lands_late_is_put_back(house: House) -> None:
    made = at_half(house)
    roll_back(made.run_id, made.lee, Back())
    house.plane().drift(Decimal(50))
    house.visit(made)
    assert house.weights() == [0]
    assert "repaired" in house.kinds(made)
    assert made.run.state == State.ROLLED_BACK


def test_what_does_not_come_back_in_time_is_said_and_tried_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = at_half(house)
    house.plane().inject(Faults(unreachable=True, transient=True))
    (back,) = roll_back(made.run_id, made.lee, Back())
    assert back.confirmed_at is None
    assert made.run.state == State.ROLLING_BACK
    monkeypatch.setattr("migrations_app.conductor.orders.late", lambda *_: True)
    house.visit(made, times=3)
    assert house.kinds(made).count("weight_unverified") == 1
    house.plane().heal()
    house.visit(made)
    assert (house.weights(), made.run.state) == ([0], State.ROLLED_BACK)


def test_a_latch_nobody_wrote_down_is_found_and_finished(house: House) -> None:
    made = at_half(house)
    rollback.latch(made.run_id, made.lee, Back(reason="and then the process died"))
    house.visit(made)
    assert house.weights() == [0], "the baseline counts as soon as the latch exists"
    assert house.due.unwritten() == [made.run_id]
    rollback.write_down(made.run_id)
    house.visit(made)
    assert made.run.state == State.ROLLED_BACK
    assert house.due.unwritten() == []


def test_a_resumed_run_starts_its_checks_and_gates_afresh(house: House) -> None:
    made = at_half(house)
    house.source.set("errors", 0.02)
    house.read(made)
    house.source.set("errors", 0.0)
    house.read(made)
    resume.resume(made.run_id, made.ana, CLICK, "half")
    house.settle(made)
    assert (made.run.leg, house.weights()) == (2, [50])
    assert_whole(made.run_id)


def test_a_breach_on_record_is_acted_on_even_if_who_recorded_it_died(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = at_half(house)
    house.source.set("errors", 0.02)
    with monkeypatch.context() as dying:
        dying.setattr("migrations_app.conductor.trip.react", _die)
        with pytest.raises(SystemExit):
            house.read(made)
    assert (house.weights(), made.run.state) == ([50], State.GATE)
    house.source.set("errors", 0.0)
    house.read(made)
    assert (house.weights(), made.run.state) == ([0], State.ROLLED_BACK)


def _die(*_: object) -> None:
    raise SystemExit("killed")

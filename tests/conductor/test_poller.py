"""The poller needs PostgreSQL alone, and two of them do nothing twice."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from django.db import connections
from django.db.models import F

from migrations_app.actions import gate, rollback
from migrations_app.actions.rollback import Back
from migrations_app.conductor import due, hints
from migrations_app.conductor.evaluate import evaluate
from migrations_app.conductor.poll import Poller
from migrations_app.conductor.reconcile import reconcile
from migrations_app.domain.states import State
from migrations_app.models import Beat, Delivery, Event, Flip, Reading, Route, SourceTick
from tests.build import CLICK, phase
from tests.timeline import assert_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.build import Room
    from tests.conductor.conftest import House

PATIENCE_S = 30.0


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every hint is lost, and nobody notices at once."""
    monkeypatch.setattr(hints, "poke", lambda _: None)


@pytest.fixture
def pollers() -> Iterator[Callable[[int], None]]:
    running: list[tuple[Poller, threading.Thread]] = []

    def start(count: int) -> None:
        for _ in range(count):
            poller = Poller(hands=4)
            thread = threading.Thread(target=_run, args=(poller,))
            thread.start()
            running.append((poller, thread))

    yield start
    for poller, _ in running:
        poller.stop.set()
    for _, thread in running:
        thread.join(PATIENCE_S)


def _run(poller: Poller) -> None:
    try:
        poller.run()
    finally:
        connections.close_all()


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.05)


def state(made: Room) -> str:
    return made.run.state


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_broker")
def test_two_pollers_alone_play_a_night_and_decide_nothing_twice(
    house: House, pollers: Callable[[int], None]
) -> None:
    checked = {"gate": {"roles": ["dri"], "checks": ["errors"]}}
    made = house.started(phases=[phase("shadow") | checked, phase("half", 50) | checked])
    pollers(2)
    until(lambda: state(made) == State.GATE)
    until(lambda: made.run.checks.get(name="errors").status == "PASS")
    gate.go(made.run_id, made.ana, CLICK)
    until(lambda: house.weights() == [50] and state(made) == State.GATE)
    house.source.set("errors", 0.4)
    until(lambda: state(made) == State.ROLLED_BACK)
    assert house.weights() == [0]
    until(lambda: not Delivery.objects.filter(run_id=made.run_id).exclude(state="sent").exists())

    kinds = house.kinds(made)
    assert kinds.count("rollback") == kinds.count("restored") == kinds.count("go") == 1
    told = [one.message.key for one in house.channel.accepted if ":live:" not in one.message.key]
    assert len(told) == len(set(told))
    slots = SourceTick.objects.get(run_id=made.run_id)
    readings = Reading.objects.filter(run_id=made.run_id).count()
    assert readings <= slots.slot
    assert [float(write.weight) for write in house.plane().writes()] == [50, 0]
    assert Beat.objects.filter(name="poller").exists()
    assert_whole(made.run_id)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_broker")
def test_a_latch_whose_process_died_is_finished_by_the_poller(
    house: House, pollers: Callable[[int], None]
) -> None:
    made = house.started(phases=[phase("half", 50), phase("all", 100)])
    house.settle(made)
    rollback.latch(made.run_id, made.lee, Back(reason="then the web process died"))
    pollers(1)
    until(lambda: state(made) == State.ROLLED_BACK)
    assert house.weights() == [0]
    assert Event.objects.filter(run_id=made.run_id, kind="rollback").count() == 1


def test_a_source_that_nobody_answers_for_is_read_at_every_slot() -> None:
    poller = Poller(hands=1)
    behind = [0, 1, 2, 0, 0, 0]
    read = [poller._deserted(due.DueSource(7, 1.0, one)) for one in behind]
    assert read == [False, False, True, True, True, True], "not at every third only"
    assert not poller._deserted(due.DueSource(8, 1.0, 0)), "others have workers"
    assert [poller._deserted(due.DueSource(7, 1.0, 0)) for _ in range(40)].count(True) < 30


@pytest.mark.django_db
def test_a_slot_is_opened_once_and_read_once(house: House) -> None:
    made = house.started()
    (first,) = due.sources()
    assert due.sources() == []
    assert evaluate(first.tick_id) is True
    assert evaluate(first.tick_id) is False
    assert Reading.objects.filter(run_id=made.run_id).count() == 1


@pytest.mark.django_db
def test_unanswered_slots_are_counted(house: House) -> None:
    made = house.started()
    for behind in range(3):
        SourceTick.objects.filter(run_id=made.run_id).update(due_at=made.run.started_at)
        assert [one.behind for one in due.sources()] == [behind]


@pytest.mark.django_db
def test_a_route_is_handed_out_again_when_nobody_came(house: House) -> None:
    made = house.started()
    assert [again for _, again in due.routes(1.0)] == [False]
    assert due.routes(1.0) == []
    assert [again for _, again in due.routes(0.0)] == [True]
    house.visit(made)
    assert Route.objects.get(run_id=made.run_id).handed_at is None
    assert not Flip.objects.filter(closed_at=None).exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_task_delivered_ten_times_at_once_has_one_effect(house: House) -> None:
    made = house.started(phases=[phase("shadow"), phase("half", 50)])
    house.settle(made)
    gate.go(made.run_id, made.ana, CLICK)
    route = Route.objects.get(run_id=made.run_id)
    (opened,) = [tick.pk for tick in SourceTick.objects.filter(run_id=made.run_id)]
    SourceTick.objects.filter(pk=opened).update(slot=F("slot") + 1)
    before = Reading.objects.filter(run_id=made.run_id).count()

    def deliver(number: int) -> bool:
        try:
            return evaluate(opened) if number % 2 else reconcile(route.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(10) as pool:
        done = list(pool.map(deliver, range(20)))
    assert sum(done[1::2]) == 1
    assert Reading.objects.filter(run_id=made.run_id).count() == before + 1
    assert [float(write.weight) for write in house.plane().writes()] == [50]
    assert house.kinds(made).count("weight_confirmed") == 2
    assert_whole(made.run_id)

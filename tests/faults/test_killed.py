"""Processes that die, or stand still and come back, in the middle of a flip."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

import pytest

from migrations_app.drivers.fake.faults import Faults
from tests.build import phase
from tests.faults.drill import CHECKED, assert_in_time
from tests.faults.house import OURS

if TYPE_CHECKING:
    from tests.faults.drill import Drill

WRITING = """
SELECT a.owner FROM migrations_app_attempt a JOIN migrations_app_route r ON r.id = a.route_id
 WHERE r.run_id = %s AND a.outcome = 'open' AND a.weight = %s
"""
STOLEN_S = 6.5  # longer than a lease


def writer(drill: Drill, weight: float) -> int:
    """The process that is between its intent and its write just now."""
    rows = drill.house.ask(WRITING, drill.run, weight)
    return int(rows[-1][0].rsplit(":", 1)[1]) if rows else 0


def kill_writer(drill: Drill, weight: float) -> None:
    """Whoever is at it."""
    drill.until(lambda: writer(drill, weight) != 0, "a write")
    pid = writer(drill, weight)
    assert pid in {drill.house[name].pid for name in OURS}
    name = next(name for name in OURS if drill.house[name].pid == pid)
    drill.house[name].kill()
    drill.house[name].begin()


@pytest.mark.parametrize("fault", ["stall", "slow"], ids=["before the write", "after the write"])
def test_who_is_killed_inside_a_flip_leaves_one_effect(drill: Drill, fault: str) -> None:
    drill.at_gate()
    drill.plane().inject(Faults(**{fault: 1.5}))
    drill.go()
    kill_writer(drill, 100)
    drill.plane().heal()
    began = time.monotonic()
    drill.until(lambda: drill.weights() == [100], "the flip")
    drill.wait("gate")
    assert_in_time(time.monotonic() - began)
    assert set(drill.applied()) == {50, 100}
    assert drill.kinds().count("go") == 1
    assert drill.kinds().count("weight_confirmed") == 2, "once per flip, however often it was tried"
    drill.assert_whole()


@pytest.mark.faults
def test_twenty_kills_in_twenty_flips_converge(drill: Drill) -> None:
    weights = [5 * (n + 1) - (n % 2) for n in range(20)]
    drill.at_gate(phases=[phase("first", 1), *(phase(f"p{w}", w) for w in weights)])
    for number, weight in enumerate(weights):
        drill.plane().inject(Faults(**{("stall", "slow")[number % 2]: 1.0}))
        drill.go()
        kill_writer(drill, weight)
        drill.plane().heal()
        began = time.monotonic()
        drill.until(partial(_at, drill, weight), f"{weight} %")
        drill.wait("gate")
        assert_in_time(time.monotonic() - began)
    assert sorted(set(drill.applied())) == [1, *weights]
    assert drill.applied() == sorted(drill.applied()), "never back, never ahead"
    assert drill.kinds().count("go") == 20
    drill.assert_whole()


def _at(drill: Drill, weight: float) -> bool:
    return drill.weights() == [weight]


def test_who_is_killed_inside_a_rollback_is_not_missed(drill: Drill) -> None:
    drill.at_gate()
    drill.plane().inject(Faults(stall=3.0))
    with pytest.raises(Exception, match=r"[Dd]isconnected|reset|refused"):
        _click_and_kill(drill)
    drill.plane().heal()
    began = time.monotonic()
    drill.until(lambda: drill.weights() == [0], "the way back")
    assert_in_time(time.monotonic() - began)
    drill.house["web"].wait_ready()
    drill.wait("rolled_back")
    drill.assert_went_back()
    drill.assert_whole()


def _click_and_kill(drill: Drill) -> None:
    with ThreadPoolExecutor(1) as hand:
        click = hand.submit(drill.click_back)
        kill_writer(drill, 0)
        click.result()


@pytest.mark.faults
def test_who_stood_still_past_its_lease_writes_nothing_late(drill: Drill) -> None:
    """Stopped before its write, gone on after a rollback has landed: fenced by its lease."""
    drill.at_gate()
    drill.plane().inject(Faults(slow=1.0))  # while it looks, so that it is caught before its write
    drill.go()
    route = _route(drill)
    drill.until(lambda: _holder(drill, route) != 0, "a lease")
    frozen = _holder(drill, route)
    os.kill(frozen, signal.SIGSTOP)
    try:
        drill.plane().heal()
        assert drill.click_back().confirmed
        assert drill.weights() == [0]
        time.sleep(STOLEN_S)
    finally:
        os.kill(frozen, signal.SIGCONT)
    _stays(drill, 0)
    drill.assert_went_back()
    drill.assert_whole()


@pytest.mark.faults
def test_a_write_that_was_on_its_way_when_its_process_stood_still_is_put_back(
    drill: Drill,
) -> None:
    """Past the last point where it could have known: the plane takes the stale write, and somebody
    goes on reading."""
    drill.options = {"compare_and_set": False}
    drill.at_gate()
    drill.plane().inject(Faults(stall=1.5))
    drill.go()
    drill.until(lambda: writer(drill, 100) != 0, "a write")
    frozen = writer(drill, 100)
    os.kill(frozen, signal.SIGSTOP)
    try:
        drill.plane().heal()
        assert drill.click_back().confirmed
        assert drill.weights() == [0]
        time.sleep(STOLEN_S)
    finally:
        os.kill(frozen, signal.SIGCONT)
    drill.until(lambda: 100 in drill.applied(), "the stale write")
    began = time.monotonic()
    drill.until(lambda: drill.weights() == [0], "the repair")
    assert_in_time(time.monotonic() - began)
    drill.until(lambda: "repaired" in drill.kinds(), "a word about it")
    _stays(drill, 0)
    assert drill.room()["state"] == "rolled_back"
    drill.assert_whole()


def _judged_since(drill: Drill, before: str) -> bool:
    return drill.judged_at() > before


def _stays(drill: Drill, weight: float, seconds: float = 2.0) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert drill.weights() == [weight]
        time.sleep(0.05)


def _route(drill: Drill) -> int:
    rows = drill.house.ask("SELECT id FROM migrations_app_route WHERE run_id = %s", drill.run)
    return int(rows[0][0])


def _holder(drill: Drill, route: int) -> int:
    """Who holds the lease of a route just now."""
    rows = drill.house.ask(
        "SELECT lease_owner FROM migrations_app_route WHERE id = %s AND lease_until IS NOT NULL",
        route,
    )
    return int(rows[0][0].rsplit(":", 1)[1]) if rows else 0


@pytest.mark.faults
def test_every_process_started_ten_times_within_one_hold_does_not_shorten_it(drill: Drill) -> None:
    held = {"gate": {"checks": ["errors"], "auto_advance": True}, "hold": "45s"}
    drill.start(phases=[phase("half", 50, **held), phase("all", 100, **CHECKED)])
    drill.wait("baking")
    for _ in range(10):
        drill.house.kill(OURS)
        for name in OURS:
            drill.house[name].begin()
        drill.house["web"].wait_ready()
        drill.until(partial(_judged_since, drill, drill.judged_at()), "a look at it")
    drill.wait("shifting", "baking", "gate")
    drill.until(lambda: drill.weights() == [100], "the advance")
    entries = drill.export().entries
    settled = next(one.at for one in entries if one.kind == "settled")
    advanced = next(one.at for one in entries if one.kind == "advanced")
    assert (advanced - settled).total_seconds() >= 45
    assert drill.applied() == [50, 100]
    drill.assert_whole()

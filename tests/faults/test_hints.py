"""Redis loses and doubles hints, pollers come in pairs, clocks go wrong, we are replaced."""

from __future__ import annotations

import shutil
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, LiteralString

import pytest
from redis import Redis

from tests.build import phase
from tests.faults.drill import CHECKED
from tests.faults.house import OURS
from tests.faults.process import Process

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.drill import Drill
    from tests.faults.house import House

FAKETIME = shutil.which("faketime")
NO_FAKETIME = "NOT PROVEN with a clock that is wrong: no faketime on PATH (apt install faketime)"
READ = """
SELECT count(*), count(DISTINCT at), max(t.slot) FROM migrations_app_reading g
  JOIN migrations_app_sourcetick t ON t.run_id = g.run_id WHERE g.run_id = %s
"""


ROUTES: LiteralString = "SELECT id FROM migrations_app_route WHERE run_id = %s"
TICKS: LiteralString = "SELECT id FROM migrations_app_sourcetick WHERE run_id = %s"
POSTS: LiteralString = "SELECT id FROM migrations_app_channelpost WHERE run_id = %s"


def ids(drill: Drill, which: LiteralString) -> list[int]:
    return [int(pk) for (pk,) in drill.house.ask(which, drill.run)]


def test_a_redis_that_forgets_everything_loses_nothing(drill: Drill) -> None:
    drill.at_gate()
    with Redis.from_url(drill.house.redis_url) as redis:
        redis.flushall()
        drill.go()
        redis.flushall()
        drill.until(lambda: drill.weights() == [100], "the flip")
        redis.flushall()
    drill.wait("gate")
    assert drill.applied() == [50, 100]
    drill.until(lambda: len(drill.channel.accepted) > 0, "a message")
    drill.assert_whole()


def test_a_hint_delivered_ten_times_has_one_effect(drill: Drill) -> None:
    drill.at_gate()
    (route,), (tick,) = ids(drill, ROUTES), ids(drill, TICKS)
    posts = ids(drill, POSTS)
    drill.go()
    drill.house.desk.hint("warroom.traffic.reconcile", "traffic", route, 10)
    drill.house.desk.hint("warroom.metrics.evaluate", "metrics", tick, 10)
    for post in posts:
        drill.house.desk.hint("warroom.outbox.relay", "outbox", post, 10)
    drill.wait("gate")
    assert drill.applied() == [50, 100]
    assert drill.kinds().count("weight_confirmed") == 2
    readings, moments, slots = drill.house.ask(READ, drill.run)[0]
    assert readings == moments <= slots, "a slot is read once"
    keys = [one.message.key for one in drill.channel.accepted if ":live:" not in one.message.key]
    assert len(keys) == len(set(keys)), "nobody is told twice"
    drill.assert_whole()


def test_two_pollers_read_once_and_decide_once(drill: Drill) -> None:
    second = Process(drill.house["poller"].child, drill.house["poller"].logs)
    second.begin()
    try:
        held = {"gate": {"checks": ["errors"], "auto_advance": True}}
        drill.start(phases=[phase("half", 50, **held), phase("all", 100, **CHECKED)])
        drill.until(lambda: drill.weights() == [100], "the advance")
        drill.wait("gate")
    finally:
        second.end()
    assert drill.kinds().count("advanced") == 1
    assert drill.applied() == [50, 100]
    readings, moments, slots = drill.house.ask(READ, drill.run)[0]
    assert readings == moments <= slots
    drill.assert_whole()


@contextmanager
def ten_minutes_ahead(house: House, *names: str) -> Iterator[None]:
    """These processes believe that it is ten minutes later than it is.

    Not the worker of the planes: a fake plane lives in the processes that move it, and its clock is
    theirs. What counts seconds is left alone, as it is when a real clock is wrong.
    """
    assert FAKETIME is not None
    for name in names:
        house[name].kill()
        house[name].begin(FAKETIME, "-f", "+10m", env={"FAKETIME_DONT_FAKE_MONOTONIC": "1"})
    for name in names:
        house[name].wait_ready()
    try:
        yield
    finally:
        house.kill(names)


@pytest.mark.faults
@pytest.mark.skipif(FAKETIME is None, reason=NO_FAKETIME)
def test_a_worker_whose_clock_is_ten_minutes_ahead_shortens_nothing(drill: Drill) -> None:
    held = {"gate": {"checks": ["errors"], "auto_advance": True}, "hold": "12s"}
    with ten_minutes_ahead(drill.house, "worker-metrics", "worker-outbox"):
        drill.start(phases=[phase("half", 50, **held), phase("all", 100, **CHECKED)])
        drill.until(lambda: drill.weights() == [100], "the advance")
    entries = drill.export().entries
    settled = next(one.at for one in entries if one.kind == "settled")
    advanced = next(one.at for one in entries if one.kind == "advanced")
    assert (advanced - settled).total_seconds() >= 12, "by the database's clock"
    assert entries == sorted(entries, key=lambda one: one.at)
    drill.house.mend()
    assert drill.click_back().confirmed
    drill.assert_whole()


def test_our_own_deploy_in_the_middle_moves_nothing(drill: Drill) -> None:
    held = {"gate": {"checks": ["errors"], "auto_advance": True}, "hold": "14s"}
    drill.start(phases=[phase("half", 50, **held), phase("all", 100, **CHECKED)])
    drill.wait("baking")
    for name in OURS:
        drill.house[name].end()
    time.sleep(3)
    assert drill.weights() == [50], "our death changes no traffic"
    drill.house.mend()
    drill.until(lambda: drill.weights() == [100], "the advance")
    entries = drill.export().entries
    settled = next(one.at for one in entries if one.kind == "settled")
    advanced = next(one.at for one in entries if one.kind == "advanced")
    assert (advanced - settled).total_seconds() >= 14
    assert drill.applied() == [50, 100]
    drill.assert_whole()

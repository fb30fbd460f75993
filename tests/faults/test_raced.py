"""A Go and a rollback said in the same moment, keys said twice, and screens of yesterday."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.build import phase
from tests.faults.drill import Drill

if TYPE_CHECKING:
    import httpx

    from tests.faults.house import House

ROOMS, RACES = 4, 50


def race(drill: Drill) -> tuple[httpx.Response, httpx.Response]:
    """Ana says Go, Lee rolls back; nobody knows who is first."""
    room = drill.person().wait_needs(drill.run, 60)
    go = {"revision": room["revision"], "evaluation": room["evaluation"], "reason": "on we go"}
    both = threading.Barrier(2)

    def say(verb: str, body: dict[str, object], who: str) -> httpx.Response:
        both.wait(60)
        return drill.post(verb, body, who)

    with ThreadPoolExecutor(2) as people:
        ahead = people.submit(say, "go", go, "ana")
        back = people.submit(say, "rollback", {"reason": "race"}, "lee")
        return ahead.result(), back.result()


def one_race(drill: Drill) -> bool:
    """Whether the Go was accepted before the rollback."""
    went, back = race(drill)
    assert back.status_code in {200, 202}, back.text
    drill.wait("rolled_back")
    assert drill.weights() == [0]
    assert drill.applied()[-1] == 0
    assert went.status_code in {200, 409, 422, 503}, went.text
    return went.status_code == 200


def assert_no_go_after_an_abort(drill: Drill) -> None:
    """Within a leg; the next leg begins when somebody resumes."""
    aborted = False
    for kind in drill.kinds():
        aborted = (aborted or kind == "rollback") and kind != "resumed"
        assert not (aborted and kind in {"go", "advanced"})


def test_a_go_and_a_rollback_at_once_end_at_the_baseline(drill: Drill) -> None:
    drill.at_gate()
    went = one_race(drill)
    assert drill.kinds().count("go") == went
    assert_no_go_after_an_abort(drill)
    drill.assert_whole()


@pytest.mark.faults
def test_two_hundred_races_end_at_the_baseline(house: House) -> None:
    with ThreadPoolExecutor(ROOMS) as rooms:
        won = list(rooms.map(fifty_races, [Drill(house).at_gate() for _ in range(ROOMS)]))
    assert 0 < sum(won) < RACES * ROOMS, "each of the two was first at times"


def fifty_races(drill: Drill) -> int:
    """How often the Go came first, in one room."""
    won = int(one_race(drill))
    for _ in range(RACES - 1):
        drill.person().say(drill.run, "resume", phase="half", reason="once more")
        drill.wait("gate")
        won += one_race(drill)
    assert drill.kinds().count("rollback") == RACES
    assert drill.kinds().count("go") == won
    assert_no_go_after_an_abort(drill)
    drill.assert_whole()
    return won


def test_one_key_is_one_decision_however_often_it_is_said(drill: Drill) -> None:
    drill.at_gate(phases=[phase("half", 50), phase("more", 75), phase("all", 100)])
    room = drill.person().wait_needs(drill.run, 60)
    body = {"revision": room["revision"], "evaluation": room["evaluation"], "reason": "on"}
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    client = drill.person().client
    with ThreadPoolExecutor(8) as people:
        said = [
            people.submit(client.post, f"/runs/{drill.run}/go", json=body, headers=headers)
            for _ in range(8)
        ]
    answers = [one.result() for one in said]
    assert {one.json()["seq"] for one in answers if one.status_code == 200} != set()
    assert len({one.json()["seq"] for one in answers if one.status_code == 200}) == 1
    drill.wait("gate")
    assert drill.kinds().count("go") == 1
    assert drill.applied() == [50, 75]
    drill.assert_whole()


def test_a_go_on_an_old_screen_does_nothing_and_a_rollback_on_one_does(drill: Drill) -> None:
    drill.at_gate()
    room = drill.room()
    body = {"revision": room["revision"] - 1, "evaluation": room["evaluation"], "reason": "on"}
    assert drill.post("go", body).status_code in {409, 412, 422}
    assert drill.applied() == [50]
    assert drill.click_back().confirmed
    drill.assert_went_back()

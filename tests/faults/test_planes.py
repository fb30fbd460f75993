"""Load balancers that time out, come late, obey by halves, lie, and are moved by other hands."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.drivers.fake.faults import Faults
from tests.faults.drill import assert_in_time

if TYPE_CHECKING:
    from tests.faults.drill import Drill

SETTLED_S = 2.0


def stays(drill: Drill, *weights: float, seconds: float = SETTLED_S) -> None:
    """Nobody moves it any more."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        assert drill.weights() == list(weights)
        time.sleep(0.05)


def attempts(drill: Drill) -> list[tuple[float, str]]:
    """Weight and outcome of every write we say we made, in order."""
    rows = drill.house.ask(
        "SELECT a.weight, a.outcome FROM migrations_app_attempt a JOIN migrations_app_route r "
        "ON r.id = a.route_id WHERE r.run_id = %s ORDER BY a.id", drill.run,
    )  # fmt: skip
    return [(float(weight), outcome) for weight, outcome in rows]


def test_a_write_that_times_out_after_it_was_applied_is_unknown_until_read(drill: Drill) -> None:
    drill.at_gate()
    drill.plane().inject(Faults(time_out=True))
    drill.go()
    drill.wait("gate")
    assert drill.weights() == [100]
    assert attempts(drill)[-1] == (100, "unknown"), "never called failed"
    assert drill.applied() == [50, 100], "one write did it"
    assert "shift_failed" not in drill.kinds()
    assert drill.kinds().count("go") == 1
    drill.assert_whole()


def test_a_rollback_whose_answers_are_lost_is_confirmed_by_reading(drill: Drill) -> None:
    drill.at_gate()
    drill.plane().inject(Faults(time_out=True))
    back = drill.click_back()
    assert back.confirmed
    assert_in_time(back.took_s)
    drill.assert_went_back()
    drill.assert_whole()


@pytest.mark.parametrize(
    "careful", [True, pytest.param(False, marks=pytest.mark.faults)],
    ids=["with versions", "without versions"],
)  # fmt: skip
def test_a_forward_write_that_is_applied_after_the_rollback_landed_is_put_back(
    drill: Drill, careful: bool
) -> None:
    drill.options = {"compare_and_set": careful}
    drill.at_gate()
    drill.plane().inject(Faults(late=1.5, times=1))
    drill.go()
    drill.until(lambda: 100 in drill.applied(), "the write that is under way")
    back = drill.click_back()
    assert back.confirmed
    assert drill.weights() == [0]
    time.sleep(2)
    drill.until(lambda: drill.weights() == [0], "the repair")
    stays(drill, 0)
    assert drill.room()["state"] == "rolled_back"
    assert ("repaired" in drill.kinds()) is not careful, "a plane with versions never took it"
    assert drill.applied()[-1] == 0
    drill.assert_whole()


def test_a_plane_that_acknowledges_and_does_nothing_fails_the_phase(drill: Drill) -> None:
    drill.at_gate()
    drill.plane().inject(Faults(lying=True))
    drill.go()
    drill.wait("held")
    assert drill.weights() == [50]
    assert "shift_failed" in drill.kinds()
    assert 100 not in drill.confirmed(), "what was not read is not confirmed"
    drill.plane().heal()
    stays(drill, 50)
    drill.assert_whole()


def test_a_rollback_that_is_only_acknowledged_is_not_confirmed_and_tried_again(
    drill: Drill,
) -> None:
    drill.at_gate()
    drill.plane().inject(Faults(lying=True))
    back = drill.click_back()
    assert not back.confirmed, "nothing was read back"
    assert drill.weights() == [50]
    drill.until(lambda: "weight_unverified" in drill.kinds(), "a word about it")
    assert drill.room()["state"] == "rolling_back"
    drill.plane().heal()
    drill.wait("rolled_back")
    assert drill.weights() == [0]
    assert drill.kinds().count("rollback") == 1
    drill.assert_whole()


def test_one_of_several_targets_is_not_enough(drill: Drill) -> None:
    drill.options = {"targets": 3}
    drill.at_gate()
    drill.plane().inject(Faults(partial=True))
    back = drill.click_back()
    assert not back.confirmed, "one target of three is back"
    assert drill.room()["routes"][0]["observed"] != 0
    drill.plane().heal()
    drill.wait("rolled_back")
    assert {float(one) for one in drill.plane().state().targets} == {0}
    drill.assert_whole()


def test_a_phase_that_moves_by_halves_is_undone(drill: Drill) -> None:
    drill.options, drill.routes = {"targets": 2}, ("web", "reads")
    drill.at_gate()
    drill.plane("reads").inject(Faults(partial=True, times=3))
    drill.go()
    drill.wait("held")
    drill.until(lambda: drill.weights() == [50, 50], "the way to where both were")
    assert drill.kinds().count("settled") == 1, "the phase was never called settled"
    stays(drill, 50, 50)
    drill.assert_whole()


def test_a_route_that_hangs_does_not_hold_up_the_others(drill: Drill) -> None:
    drill.routes = ("web", "reads")
    drill.at_gate()
    drill.plane("reads").inject(Faults(slow=60, unreachable=True))
    back = drill.click_back()
    assert not back.confirmed
    assert drill.weights()[0] == 0, "the one that can be moved is back"
    told = {one["route"]: one for one in back.routes}
    assert told["web"]["confirmed_at"] is not None
    assert told["reads"]["confirmed_at"] is None
    drill.plane("reads").heal()
    drill.wait("rolled_back")
    assert drill.weights() == [0, 0]
    drill.assert_whole()


def test_a_hand_from_outside_is_shown_held_and_left_alone(drill: Drill) -> None:
    drill.at_gate()
    drill.plane().drift(Decimal(20))
    room: dict[str, Any] = drill.wait("held")
    assert room["routes"][0]["drift_since"] is not None
    assert drill.post("go", {"revision": room["revision"], "evaluation": room["evaluation"],
                             "reason": "on"}).status_code in {409, 422}  # fmt: skip
    stays(drill, 20)
    assert [one.weight for one in drill.written() if one.pid is not None] == [50], "not ours"
    assert "drift" in drill.kinds()
    assert drill.click_back().confirmed, "towards the baseline it is overwritten"
    assert drill.weights() == [0]
    drill.assert_whole()


def test_a_hand_from_outside_after_a_rollback_is_put_back_and_told(drill: Drill) -> None:
    drill.at_gate()
    drill.click_back()
    drill.plane().drift(Decimal(30))
    drill.until(lambda: drill.weights() == [0], "the repair")
    drill.until(lambda: "repaired" in drill.kinds(), "a word about it")
    stays(drill, 0)
    drill.assert_whole()

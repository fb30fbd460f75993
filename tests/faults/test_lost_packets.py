"""A real HAProxy behind a road that swallows packets: asked, applied and known are three things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.practice.servers import binaries
from tests.faults.drill import Drill
from tests.faults.road import road
from tests.real_haproxy import haproxy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.house import House
    from tests.faults.road import Road
    from tests.real_haproxy import RealHAProxy

pytestmark = [pytest.mark.faults, pytest.mark.real("haproxy")]
BOTH = {"there": False, "back": False}


@pytest.fixture
def real() -> Iterator[RealHAProxy]:
    with haproxy(str(binaries.haproxy())) as running:
        yield running


@pytest.fixture
def way(real: RealHAProxy) -> Iterator[Road]:
    with road(real.tcp) as made:
        yield made


@pytest.fixture
def drill(house: House, way: Road) -> Drill:
    config = {"address": way.address, "backend": "app", "blue": "blue", "green": "green",
              "timeout": 1}  # fmt: skip
    return Drill(house).at_gate(bound={"web": {"driver": "haproxy", "config": config}})


def weights(real: RealHAProxy) -> tuple[int, int]:
    return real.weight("blue"), real.weight("green")


def confirmed(drill: Drill) -> list[dict[str, Any]]:
    told = [one.payload for one in drill.export().entries if one.kind == "weight_confirmed"]
    return [one for one in told if isinstance(one, dict)]


@pytest.mark.parametrize("lost", [BOTH, {"there": False}, {"back": False}],
                         ids=["both ways", "there", "back"])  # fmt: skip
def test_a_rollback_is_not_called_done_before_it_was_read_back(
    drill: Drill, real: RealHAProxy, way: Road, lost: dict[str, bool]
) -> None:
    half = weights(real)
    assert half[0] == half[1] > 0
    for name, arrives in lost.items():
        setattr(way, name, arrives)
    back = drill.click_back()
    assert not back.confirmed
    assert len(confirmed(drill)) == 1, "the way there; nothing was read since"
    assert drill.room()["state"] == "rolling_back"
    assert weights(real) == half, "this driver asks where it is before it writes"
    drill.until(lambda: "weight_unverified" in drill.kinds(), "a word about it")
    way.there = way.back = True
    drill.wait("rolled_back")
    assert weights(real)[1] == 0
    assert drill.kinds().count("rollback") == 1
    drill.assert_whole()


def test_a_forward_move_whose_answers_are_lost_is_undone(
    drill: Drill, real: RealHAProxy, way: Road
) -> None:
    half = weights(real)
    way.back = False
    drill.go()
    drill.wait("held")
    assert len(confirmed(drill)) == 1
    way.back = True
    drill.until(lambda: weights(real) == half, "the way to where it was")
    assert drill.kinds().count("settled") == 1, "never called settled"
    assert drill.click_back().confirmed
    assert weights(real)[1] == 0
    drill.assert_whole()

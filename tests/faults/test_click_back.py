"""One click brings everything back within ten seconds, whatever else is dead or hangs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.channels.fake.journal import Fault as ChannelFault
from migrations_app.channels.fake.journal import FaultKind as ChannelTrouble
from migrations_app.sources.fake.script import FaultKind
from tests.faults.drill import assert_in_time
from tests.faults.house import WORKERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.drill import Drill


def nothing(_: Drill) -> None:
    """All is well: what the others are held against."""


def redis_hung(drill: Drill) -> None:
    drill.house["valkey"].pause()


def redis_dead(drill: Drill) -> None:
    drill.house["valkey"].kill()


def workers_dead(drill: Drill) -> None:
    drill.house.kill(WORKERS)


def workers_hung(drill: Drill) -> None:
    for name in WORKERS:
        drill.house[name].pause()


def poller_dead(drill: Drill) -> None:
    drill.house["poller"].kill()


def slack_hung(drill: Drill) -> None:
    drill.channel.fail_next(*[ChannelFault(kind=ChannelTrouble.SLOW, seconds=8)] * 20)


def prometheus_dead(drill: Drill) -> None:
    drill.source.fail(FaultKind.HANG)


def everything(drill: Drill) -> None:
    for happens in (redis_hung, workers_dead, poller_dead, slack_hung, prometheus_dead):
        happens(drill)


@pytest.mark.parametrize(
    "happens",
    [
        nothing, redis_hung, redis_dead, workers_dead, workers_hung, poller_dead, slack_hung,
        prometheus_dead, everything,
    ],
)  # fmt: skip
def test_one_click_goes_back_in_time(drill: Drill, happens: Callable[[Drill], None]) -> None:
    drill.routes = ("web", "reads")
    drill.at_gate()
    assert drill.weights() == [50, 50]
    happens(drill)
    back = drill.click_back()
    assert back.confirmed, back.routes
    assert_in_time(back.took_s)
    assert drill.weights() == [0, 0]
    assert drill.room()["state"] == "rolled_back"
    drill.assert_went_back()
    assert drill.kinds().count("rollback") == 1
    drill.assert_whole()

"""A Prometheus that is slow, silent, mad or out of date: no data, no Go, no rollback, no harm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.sources.fake.script import FaultKind
from tests.build import phase
from tests.faults.drill import CHECKED, Drill
from tests.sources.stub import running

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.house import House
    from tests.sources.stub import Stub

PHASES = [phase("half", 50, **CHECKED), phase("all", 100, **CHECKED)]
LARGEST_MB = 400


@pytest.fixture
def prometheus() -> Iterator[Stub]:
    with running() as stub:
        yield stub


def watched(drill: Drill, stub: Stub, query: str) -> Drill:
    """A run whose one check asks that Prometheus for `query`."""
    config = {"url": stub.url, "timeout": 1}
    source = {"kind": "prometheus", "config": config, "interval": "1s"}
    check = {
        "name": "errors", "source": "metrics", "query": query, "unit": "ratio", "window": "1m",
        "fail_when": "> 0.3 %",
    }  # fmt: skip
    return drill.start(sources={"metrics": source}, checks=[check], phases=PHASES)


def judged(drill: Drill, times: int = 3) -> dict[str, Any]:
    """The room, after the check was judged a few times at the open gate."""
    drill.wait("gate")
    seen: set[str] = set()

    def again() -> bool:
        at = drill.room()["checks"][0]["evaluated_at"]
        seen.update([at] if at else [])
        return len(seen) > times

    drill.until(again, "a few evaluations")
    return drill.room()


def memory_mb(drill: Drill, name: str) -> float:
    pid = drill.house[name].pid
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    line = next(line for line in status if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1024


@pytest.mark.parametrize(
    "query",
    [
        "nan", "empty", "plain-500", "garbage",
        *(pytest.param(one, marks=pytest.mark.faults)
          for one in ("inf", "many", "warned", "hang", "drip", "mute", "cut", "login",
                      "error-in-200", "redirect", "slow-down")),
    ],
)  # fmt: skip
def test_what_is_no_number_is_no_data(drill: Drill, prometheus: Stub, query: str) -> None:
    room = judged(watched(drill, prometheus, query))
    assert room["checks"][0]["status"] == "NO_DATA", room["checks"][0]["sentence"]
    body = {"revision": room["revision"], "evaluation": room["evaluation"], "reason": "go"}
    refused = drill.post("go", body)
    assert refused.status_code in {409, 422}
    assert "errors" in refused.text
    over = drill.post("go", body | {"overrides": ["errors"]})
    assert over.status_code in {409, 422}, "nobody goes over what nobody knows"
    assert drill.applied() == [50], "neither ahead nor back"
    assert "rollback" not in drill.kinds()
    assert drill.click_back().confirmed
    drill.assert_whole()


@pytest.mark.faults
@pytest.mark.parametrize("query", ["endless", "bomb", "claims-a-lot"])
def test_an_answer_without_end_fills_no_memory(drill: Drill, prometheus: Stub, query: str) -> None:
    room = judged(watched(drill, prometheus, query))
    assert room["checks"][0]["status"] == "NO_DATA"
    for name in ("worker-metrics", "poller"):
        assert memory_mb(drill, name) < LARGEST_MB, name
    assert drill.applied() == [50]


def test_old_samples_are_no_data(drill: Drill) -> None:
    drill.at_gate(phases=PHASES)
    drill.until(lambda: drill.room()["checks"][0]["status"] == "PASS", "a pass")
    drill.source.fail(FaultKind.STALE, seconds=600)
    drill.until(lambda: drill.room()["checks"][0]["status"] == "NO_DATA", "the doubt")
    room = drill.room()
    body = {"revision": room["revision"], "evaluation": room["evaluation"], "reason": "go"}
    assert drill.post("go", body).status_code in {409, 422}
    assert drill.applied() == [50]


def test_a_breach_rolls_back_by_itself_and_once(drill: Drill) -> None:
    drill.at_gate(phases=PHASES)
    drill.source.set("errors", 0.5)
    drill.wait("rolled_back")
    drill.assert_went_back()
    assert drill.kinds().count("rollback") == 1
    drill.assert_whole()


@pytest.mark.parametrize("dead", ["valkey", "workers", "all of it"])
def test_a_breach_rolls_back_by_itself_without_broker_or_workers(drill: Drill, dead: str) -> None:
    """The poller alone, within two intervals and what it takes to notice that nobody answers."""
    drill.at_gate(phases=PHASES)
    if dead != "valkey":
        drill.house.kill(("worker-traffic", "worker-metrics", "worker-outbox"))
    if dead != "workers":
        drill.house["valkey"].pause()
    drill.source.set("errors", 0.5)
    drill.wait("rolled_back")
    drill.assert_went_back()
    assert drill.kinds().count("rollback") == 1
    drill.assert_whole()


@pytest.mark.faults
def test_a_prometheus_that_hangs_slows_down_nobody_else(house: House, prometheus: Stub) -> None:
    slow = [watched(Drill(house), prometheus, "hang") for _ in range(6)]
    well = Drill(house).at_gate(phases=PHASES)
    well.until(lambda: well.room()["checks"][0]["status"] == "PASS", "a pass")
    before = house.ask("SELECT count(*) FROM migrations_app_reading WHERE run_id = %s", well.run)
    for one in slow:
        judged(one, times=2)
    after = house.ask("SELECT count(*) FROM migrations_app_reading WHERE run_id = %s", well.run)
    assert after[0][0] - before[0][0] >= 3, "it was read all the while"
    well.source.set("errors", 0.5)
    well.wait("rolled_back")
    well.assert_went_back()
    assert [one.applied() for one in slow] == [[50]] * 6

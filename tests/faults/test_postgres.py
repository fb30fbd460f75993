"""PostgreSQL is restarted, stands still, is gone, is full: nothing is invented, and we go back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

import migrations_app
from tests.build import phase
from tests.faults.drill import CHECKED, assert_in_time

if TYPE_CHECKING:
    from tests.faults.drill import Drill
    from tests.faults.house import House

MANAGE = Path(migrations_app.__file__).parent.parent / "manage.py"


def manage_rollback(house: House, slug: str, by: str = "lee") -> subprocess.CompletedProcess[str]:
    """As a person types it on the machine."""
    command = [sys.executable, str(MANAGE), "rollback", slug, "--reason", "dark", "--by", by]
    return subprocess.run(
        command, env={**os.environ, **house.env}, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


def test_a_postgres_that_crashes_and_comes_back_costs_no_decision(drill: Drill) -> None:
    drill.at_gate()
    drill.go()
    drill.house["postgres"].end(signal.SIGQUIT)  # "immediate": as good as a crash
    with pytest.raises(httpx.HTTPStatusError):
        drill.post("no-go", {"reason": "stop", "revision": 1}).raise_for_status()
    drill.house["postgres"].start()
    drill.wait("gate")
    assert drill.weights() == [100]
    assert set(drill.applied()) == {50, 100}
    assert drill.kinds().count("go") == 1
    assert drill.kinds().count("no_go") == 0, "what was refused did not happen"
    drill.assert_whole()


def kept(drill: Drill) -> bool:
    return (drill.house.keep / f"{drill.run}.json").exists()


def taken_in(drill: Drill) -> None:
    """PostgreSQL is back: the journal is the timeline's, and the latch stands."""
    drill.wait("rolled_back")
    drill.until(lambda: "offline" in drill.kinds(), "the journal on the timeline")
    assert not (drill.house.keep / f"{drill.run}-1.journal").exists()
    room = drill.room()
    assert room["latch"]["actor"] == "lee"
    assert drill.weights() == [0]
    assert drill.kinds().count("rollback") == 1
    drill.assert_whole()


def test_without_postgres_a_shell_goes_back_and_the_timeline_learns_of_it(drill: Drill) -> None:
    drill.at_gate()
    drill.until(lambda: kept(drill), "a keepsake")
    drill.house["postgres"].kill()
    said = manage_rollback(drill.house, drill.slug)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "read back at its baseline" in said.stdout
    assert drill.weights() == [0]
    assert (drill.house.keep / f"{drill.run}-1.journal").exists()
    drill.house["postgres"].start()
    taken_in(drill)
    drill.assert_went_back()


@pytest.mark.faults
def test_with_a_postgres_that_hangs_a_shell_goes_back(drill: Drill) -> None:
    drill.at_gate()
    drill.until(lambda: kept(drill), "a keepsake")
    drill.house["postgres"].pause()
    began = time.monotonic()
    said = manage_rollback(drill.house, drill.slug)
    took = time.monotonic() - began
    assert said.returncode == 0, said.stdout + said.stderr
    assert drill.weights() == [0]
    assert_in_time(took)
    drill.house["postgres"].resume()
    taken_in(drill)
    drill.assert_went_back()


@pytest.mark.faults
def test_nothing_goes_forward_while_a_journal_waits(drill: Drill) -> None:
    """Rolled back in the dark while a gate was about to pass by itself."""
    held = {"gate": {"checks": ["errors"], "auto_advance": True}, "hold": "8s"}
    drill.start(phases=[phase("half", 50, **held), phase("all", 100, **CHECKED)])
    drill.wait("baking")
    drill.until(lambda: kept(drill), "a keepsake")
    drill.house["postgres"].kill()
    assert manage_rollback(drill.house, drill.slug).returncode == 0
    time.sleep(8)
    drill.house["postgres"].start()
    taken_in(drill)
    assert "advanced" not in drill.kinds()
    drill.assert_went_back()

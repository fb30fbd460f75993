"""However a supervisor ends, its children end too."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from migrations_app.practice.supervisor import Child, Supervisor
from tests.practice.processes import all_end, runs, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# One child obeys, one is deaf, one has a child of its own, and one is stopped in its tracks.
PROGRAM = """
import os, signal, sys
from pathlib import Path
from migrations_app.practice.supervisor import Child, Supervisor
from migrations_app.practice.supervisor.signals import ended_politely

directory = Path(sys.argv[1])
with ended_politely(), Supervisor(directory, grace=0.3) as supervisor:
    scratch = directory / "scratch"
    scratch.mkdir()
    supervisor.remove_at_end(scratch)
    def add(name, script):
        flag = directory / name
        script = f"touch {flag}; {script}"
        supervisor.add(Child(name, ["/bin/sh", "-c", script], ready=flag.exists, stop_seconds=0.3))
    add("obedient", "exec sleep 600")
    add("deaf", "trap '' TERM; while :; do sleep 0.1; done")
    add("parent", "sleep 600 & echo $! > %s/grandchild; wait" % directory)
    add("stopped", "exec sleep 600")
    os.kill(supervisor.pids()["stopped"], signal.SIGSTOP)
    (directory / "up").touch()
    supervisor.wait()
"""


@pytest.fixture
def program(directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    running = subprocess.Popen([sys.executable, "-c", PROGRAM, str(directory)])
    until((directory / "up").exists)
    yield running
    running.kill()
    running.wait()


def everyone(directory: Path) -> list[int]:
    recorded = json.loads((directory / "processes.json").read_text())
    children = [child["pid"] for child in recorded["children"].values()]
    grandchild = int((directory / "grandchild").read_text())
    return [*children, grandchild, recorded["reaper"]]


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL], ids=lambda n: n.name
)
def test_nothing_outlives_a_supervisor_that_gets(
    number: signal.Signals, program: subprocess.Popen[bytes], directory: Path
) -> None:
    pids = everyone(directory)
    assert all(map(runs, pids))

    program.send_signal(number)
    program.wait(timeout=30)

    all_end(pids)
    assert not (directory / "scratch").exists()


def test_two_interrupts_in_a_row_end_it_all_the_same(
    program: subprocess.Popen[bytes], directory: Path
) -> None:
    pids = everyone(directory)

    program.send_signal(signal.SIGINT)
    program.send_signal(signal.SIGINT)
    program.wait(timeout=30)

    all_end(pids)


def test_direct_children_end_even_if_the_reaper_is_killed_first(
    program: subprocess.Popen[bytes], directory: Path
) -> None:
    recorded = json.loads((directory / "processes.json").read_text())
    os.kill(program.pid, signal.SIGSTOP)
    os.kill(recorded["reaper"], signal.SIGKILL)

    program.kill()

    all_end([recorded["children"]["obedient"]["pid"]])
    for name in ("deaf", "stopped", "parent"):  # the kernel asks once; these need a reaper
        os.killpg(recorded["children"][name]["pid"], signal.SIGKILL)
    all_end(child["pid"] for child in recorded["children"].values())


def test_a_killed_reaper_is_replaced_and_the_new_one_knows_everything(directory: Path) -> None:
    with Supervisor(directory, grace=1.0) as supervisor:
        supervisor.add(Child("a", ["/bin/sleep", "600"]))
        first = json.loads((directory / "processes.json").read_text())["reaper"]

        os.kill(first, signal.SIGKILL)

        until(lambda: json.loads((directory / "processes.json").read_text())["reaper"] != first)
        supervisor.add(Child("b", ["/bin/sleep", "600"]))
        pids = supervisor.pids()
    assert not any(map(runs, pids.values()))

from __future__ import annotations

import io
import os
import signal
import subprocess
from typing import TYPE_CHECKING

from migrations_app.practice.supervisor import reaper
from tests.practice.processes import runs, until

if TYPE_CHECKING:
    from pathlib import Path


def start(script: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["/bin/sh", "-c", script], start_new_session=True)


def test_at_the_end_of_input_it_asks_each_leader_with_its_own_signal(tmp_path: Path) -> None:
    script = "trap 'echo {1} > {0}; exit' {1}; touch {0}.up; while :; do sleep 0.02; done"
    asked = {"INT": tmp_path / "a", "TERM": tmp_path / "b"}
    leaders = {name: start(script.format(path, name)) for name, path in asked.items()}
    until(lambda: all(path.with_name(f"{path.name}.up").exists() for path in asked.values()))
    told = [f"watch {p.pid} {signal.Signals[f'SIG{name}'].value}\n" for name, p in leaders.items()]

    reaper.main(io.StringIO("grace 20\n" + "".join(told)))

    assert {name: path.read_text().strip() for name, path in asked.items()} == {
        "INT": "INT",
        "TERM": "TERM",
    }
    for leader in leaders.values():
        leader.wait()


def test_it_kills_the_whole_group_of_who_does_not_listen(tmp_path: Path) -> None:
    noted = tmp_path / "noted"
    script = f"trap '' TERM; sleep 600 & echo $! > {noted}.new; mv {noted}.new {noted}; wait; wait"
    leader = start(script)
    until(noted.exists)

    reaper.main(io.StringIO(f"grace 0.1\nwatch {leader.pid} 15\n"))

    assert leader.wait() == -signal.SIGKILL
    until(lambda: not runs(int(noted.read_text())))


def test_it_leaves_alone_who_is_forgotten() -> None:
    leader = start("exec sleep 600")

    reaper.main(io.StringIO(f"grace 0.1\nwatch {leader.pid} 15\nforget {leader.pid}\n"))

    assert leader.poll() is None
    leader.kill()
    leader.wait()


def test_a_zombie_counts_as_gone() -> None:
    leader = start("exit 0")
    os.waitid(os.P_PID, leader.pid, os.WEXITED | os.WNOWAIT)

    assert not reaper.running([leader.pid])
    leader.wait()


def test_it_removes_what_it_is_told_to_remove(tmp_path: Path) -> None:
    scratch = tmp_path / "a name with spaces"
    (scratch / "deep").mkdir(parents=True)

    reaper.main(io.StringIO(f"remove {scratch}\nremove /nonexistent/elsewhere\n"))

    assert not scratch.exists()

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from migrations_app.practice.errors import PracticeError
from migrations_app.practice.supervisor import Child, Supervisor
from migrations_app.practice.supervisor.keeper import Keeper
from tests.practice.processes import runs, until

if TYPE_CHECKING:
    from pathlib import Path

SLEEP = ["/bin/sleep", "600"]


def shell(name: str, script: str, **options: object) -> Child:
    return Child(name, ["/bin/sh", "-c", script], **options)  # type: ignore[arg-type]  # test only


def test_children_of_one_call_start_together_and_calls_follow_one_another(
    supervisor: Supervisor, directory: Path
) -> None:
    both = threading.Barrier(2, timeout=20)

    def meets() -> bool:
        both.wait()
        return True

    supervisor.add(Child("a", SLEEP, ready=meets), Child("b", SLEEP, ready=meets))
    supervisor.add(shell("c", f"touch {directory}/c; exec sleep 600"))

    assert set(supervisor.pids()) == {"a", "b", "c"}


def test_add_waits_until_a_child_says_it_is_ready(supervisor: Supervisor, directory: Path) -> None:
    flag = directory / "flag"

    supervisor.add(shell("a", f"sleep 0.1; touch {flag}; exec sleep 600", ready=flag.exists))

    assert flag.exists()


def test_a_check_that_raises_means_not_yet(supervisor: Supervisor) -> None:
    answers = iter([ConnectionRefusedError("nobody there"), KeyError("x"), None])

    def check() -> bool:
        problem = next(answers)
        if problem is not None:
            raise problem
        return True

    supervisor.add(Child("a", SLEEP, ready=check))

    assert next(answers, "asked no more") == "asked no more"


def test_a_child_that_never_gets_ready_is_reported_with_its_last_words(
    supervisor: Supervisor,
) -> None:
    child = shell("web", "echo port is taken; exit 3", ready=lambda: False)

    with pytest.raises(PracticeError, match=r"(?s)web did not get ready.*port is taken.*web\.log"):
        supervisor.add(child)

    assert supervisor.lives("web") >= 3


def test_a_child_that_takes_too_long_is_killed_and_its_doubt_is_quoted(
    supervisor: Supervisor,
) -> None:
    def check() -> bool:
        raise ConnectionRefusedError("nobody listens on 1")

    with pytest.raises(PracticeError, match=r"did not get ready \(nobody listens on 1\)"):
        supervisor.add(Child("web", SLEEP, ready=check, ready_seconds=0.05))


def test_a_program_that_does_not_exist_is_reported(supervisor: Supervisor) -> None:
    child = Child("web", ["/nonexistent/program"], ready=lambda: False)

    with pytest.raises(PracticeError, match="No such file"):
        supervisor.add(child)


def test_a_killed_child_comes_back_with_another_pid(
    supervisor: Supervisor, directory: Path
) -> None:
    supervisor.add(Child("a", SLEEP))
    first = supervisor.pids()["a"]

    os.kill(first, signal.SIGKILL)
    supervisor.wait_ready("a", 2)

    assert supervisor.pids()["a"] != first
    assert supervisor.lives("a") == 2
    recorded = json.loads((directory / "processes.json").read_text())
    assert recorded["children"]["a"] == {"pid": supervisor.pids()["a"], "restarts": 1}
    assert recorded["supervisor"] == os.getpid()


def test_what_a_killed_child_had_started_is_gone_before_it_comes_back(
    supervisor: Supervisor, directory: Path
) -> None:
    noted = directory / "grandchild"
    script = f"sleep 600 & echo $! > {noted}.new; mv {noted}.new {noted}; wait"
    supervisor.add(shell("a", script, ready=noted.exists))
    grandchild = int(noted.read_text())

    os.kill(supervisor.pids()["a"], signal.SIGKILL)
    supervisor.wait_ready("a", 2)

    assert not runs(grandchild)


def test_before_runs_ahead_of_every_start_and_its_refusal_is_logged(
    supervisor: Supervisor,
) -> None:
    runs_: list[str] = []

    def before() -> None:
        runs_.append("before")
        if len(runs_) == 2:
            raise PracticeError("not this time")
        if len(runs_) == 3:
            raise ZeroDivisionError("nobody expected this")

    supervisor.add(Child("a", SLEEP, before=before))
    os.kill(supervisor.pids()["a"], signal.SIGKILL)
    supervisor.wait_ready("a", 2)

    assert len(runs_) == 4
    log = (supervisor.logs / "a.log").read_text()
    assert "not this time" in log
    assert "nobody expected this" in log


def test_stop_goes_backwards_and_leaves_nothing(directory: Path) -> None:
    order = directory / "order"
    script = "trap 'echo {0} >> {1}; exit 0' TERM; touch {1}.{0}; while :; do sleep 0.02; done"
    with Supervisor(directory) as supervisor:
        for name in ("first", "second", "third"):
            up = (directory / f"order.{name}").exists
            supervisor.add(shell(name, script.format(name, order), ready=up))
        pids = supervisor.pids()

    assert order.read_text().split() == ["third", "second", "first"]
    assert not any(map(runs, pids.values()))


def test_a_stubborn_child_is_killed_after_its_time(directory: Path) -> None:
    flag = directory / "deaf"
    script = f"trap '' TERM; touch {flag}; while :; do sleep 0.1; done"
    with Supervisor(directory) as supervisor:
        supervisor.add(shell("deaf", script, ready=flag.exists, stop_seconds=0.2))
        pid = supervisor.pids()["deaf"]

    assert not runs(pid)
    assert "ended: SIGKILL" in (directory / "logs" / "deaf.log").read_text()


def test_a_child_is_asked_with_the_signal_it_likes(directory: Path) -> None:
    script = "trap 'echo bye; exit 0' QUIT; echo up; while :; do sleep 0.05; done"
    with Supervisor(directory) as supervisor:
        log = supervisor.logs / "a.log"
        supervisor.add(shell("a", script, stop_signal=signal.SIGQUIT))
        until(lambda: "| up" in log.read_text())

    assert "| ended: exit 0" in log.read_text()
    assert "| bye" in log.read_text()


def test_two_children_of_one_name_are_refused(supervisor: Supervisor) -> None:
    supervisor.add(Child("a", SLEEP))

    with pytest.raises(ValueError, match="already a child called 'a'"):
        supervisor.add(Child("a", SLEEP))


def test_children_get_the_environment_they_are_given_and_nobody_is_shown_it(
    supervisor: Supervisor,
) -> None:
    child = shell("a", 'echo "token is $TOKEN"; exec sleep 600', env={"TOKEN": "s3cret"})
    supervisor.add(child)

    until(lambda: "token is s3cret" in (supervisor.logs / "a.log").read_text())
    assert "s3cret" not in repr(child)


def test_memory_counts_each_child_with_its_descendants(supervisor: Supervisor) -> None:
    grow = "import subprocess; subprocess.run(['/bin/sleep', '600'], input=b'x' * 30_000_000)"
    supervisor.add(Child("big", [sys.executable, "-c", grow]), Child("small", SLEEP))

    until(lambda: supervisor.memory()["big"].pss > 30_000_000)
    memory = supervisor.memory()
    assert set(memory) == {"supervisor", "reaper", "big", "small"}
    assert 0 < memory["small"].pss <= memory["small"].rss < 5_000_000


def test_wait_ends_with_stop(supervisor: Supervisor) -> None:
    waiting = threading.Thread(target=supervisor.wait)
    waiting.start()

    supervisor.stop()
    waiting.join(20)

    assert not waiting.is_alive()


def test_an_interrupt_between_the_making_and_the_start_of_a_child_stops_cleanly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: Keeper) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Keeper, "start", interrupted)
    with pytest.raises(KeyboardInterrupt), Supervisor(tmp_path) as supervisor:
        supervisor.add(Child("never", [sys.executable, "-c", "pass"]))

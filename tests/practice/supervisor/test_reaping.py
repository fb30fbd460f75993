from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from migrations_app.practice.supervisor import reaping
from tests.practice.processes import until

if TYPE_CHECKING:
    from pathlib import Path

LISTENER = """
import os, sys
for line in sys.stdin:
    with open(f"{__file__}.{os.getpid()}", "a") as heard:
        heard.write(line)
"""


@pytest.fixture
def heard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a reaper that only listens writes what process PID was told: this path + .PID."""
    script = tmp_path / "listener.py"
    script.write_text(LISTENER)
    monkeypatch.setattr(reaping, "REAPER", script)
    return script


def told(heard: Path, pid: int) -> list[str]:
    path = heard.with_name(f"{heard.name}.{pid}")
    return path.read_text().splitlines() if path.exists() else []


def test_a_reaper_is_told_everything_from_the_start(heard: Path, tmp_path: Path) -> None:
    reaper = reaping.Reaper([], 0.3, lambda: None)
    reaper.watch(4242, signal.SIGINT)
    reaper.remove(tmp_path / "scratch")
    reaper.forget(4242)
    reaper.close()

    expected = ["grace 0.3", "watch 4242 2", f"remove {tmp_path}/scratch", "forget 4242"]
    assert told(heard, reaper.pid) == expected


def test_the_next_one_is_told_all_that_still_holds(heard: Path, tmp_path: Path) -> None:
    changes: list[str] = []
    reaper = reaping.Reaper([], 0.3, lambda: changes.append("changed"))
    reaper.watch(1111, signal.SIGINT)
    reaper.watch(2222, signal.SIGTERM)
    reaper.remove(tmp_path / "scratch")
    reaper.forget(1111)

    os.kill(reaper.pid, signal.SIGKILL)
    until(lambda: bool(changes))
    reaper.watch(3333, signal.SIGTERM)
    reaper.close()

    expected = ["grace 0.3", f"remove {tmp_path}/scratch", "watch 2222 15", "watch 3333 15"]
    assert told(heard, reaper.pid) == expected


def test_the_descriptors_it_shares_stay_open_until_it_ends(heard: Path) -> None:
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    reaper = reaping.Reaper([writing], 0.3, lambda: None)
    os.close(writing)

    with pytest.raises(BlockingIOError):  # somebody still holds the other end
        os.read(reading, 1)
    reaper.close()

    assert os.read(reading, 1) == b""
    os.close(reading)

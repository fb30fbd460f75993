"""Outlives the supervisor by a moment and ends whatever the supervisor could not.

Run as a script by a bare interpreter, so it imports the standard library only. It reads lines
from its standard input, whose other end only the supervisor holds:

    watch PID SIGNAL    the leader of a process group, and how it likes to be asked to stop
    forget PID          the whole group has ended
    remove DIR          to be removed at the end
    grace SECONDS       how long to wait between asking and killing

The end of input means that the supervisor is gone, however it went.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterable

PROC = Path("/proc/self").parent if Path("/proc/self").exists() else Path("/nonexistent")


class Watched:
    """What the supervisor has told so far."""

    def __init__(self) -> None:
        self.groups: dict[int, int] = {}
        self.directories: list[str] = []
        self.grace = 5.0

    def take(self, line: str) -> None:
        verb, _, rest = line.rstrip("\n").partition(" ")
        if verb == "watch":
            pid, signal_number = rest.split()
            self.groups[int(pid)] = int(signal_number)
        elif verb == "forget":
            self.groups.pop(int(rest), None)
        elif verb == "remove":
            self.directories.append(rest)
        elif verb == "grace":
            self.grace = float(rest)


def running(groups: Iterable[int]) -> bool:
    """Does any member of these groups still run? Zombies do not."""
    if PROC.exists():
        return not running_groups().isdisjoint(groups)
    return any(send(group, 0, whole_group=True) for group in groups)


def running_groups() -> set[int]:
    return {group for entry in PROC.iterdir() if (group := group_of(entry)) is not None}


def group_of(entry: Path) -> int | None:
    """The process group of /proc/PID, or None if that is no process or no longer one."""
    try:
        state, _parent, group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
    except (OSError, ValueError):
        return None
    return None if state in "ZX" else int(group)


def send(pid: int, signal_number: int, *, whole_group: bool) -> bool:
    """Signal a process or its group; False if there is none."""
    try:
        (os.killpg if whole_group else os.kill)(pid, signal_number)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(groups: Iterable[int], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while running(groups) and time.monotonic() < deadline:
        time.sleep(0.05)


def remove(directory: str) -> None:
    """Remove it even if a process with a session of its own writes its last file meanwhile."""
    for _ in range(20):
        shutil.rmtree(directory, ignore_errors=True)
        if not Path(directory).exists():
            return
        time.sleep(0.1)


def end(watched: Watched) -> None:
    """Ask every leader, wait at most `grace`, then kill what is left of the groups."""
    for pid, signal_number in watched.groups.items():
        send(pid, signal_number, whole_group=False)
    wait_until_gone(watched.groups, watched.grace)
    for pid in watched.groups:
        send(pid, signal.SIGKILL, whole_group=True)
    wait_until_gone(watched.groups, watched.grace)
    for directory in watched.directories:
        remove(directory)


def main(told: TextIO) -> None:
    watched = Watched()
    for line in told:
        watched.take(line)
    end(watched)


if __name__ == "__main__":
    main(sys.stdin)

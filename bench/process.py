"""A server that a bench starts: on a core of its own, and what it costs there."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from migrations_app.practice.supervisor.spawn import launched

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE_S = 20.0
_CORES = sorted(os.sched_getaffinity(0))


@contextmanager
def server_side() -> Iterator[None]:
    """What is started in here runs on the first core; everything else of a bench on the others.

    On a machine with one core they share it, and the ratios say less.
    """
    os.sched_setaffinity(0, _CORES[:1])
    try:
        yield
    finally:
        os.sched_setaffinity(0, _CORES[1:] or _CORES)


@dataclass
class Process:
    """One running server with its children. It ends with us, however we end."""

    popen: subprocess.Popen[bytes]

    @classmethod
    def start(
        cls, command: Sequence[str], log: Path, environ: Mapping[str, str] | None = None
    ) -> Process:
        with server_side(), log.open("ab") as output:
            tied = launched(command, signal.SIGTERM)
            env = {**os.environ, **(environ or {})}
            return cls(subprocess.Popen(tied, env=env, stdout=output, stderr=output))

    @property
    def pid(self) -> int:
        return self.popen.pid

    def stop(self) -> None:
        self.popen.terminate()
        try:
            self.popen.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found, left = [], [pid]
    while left:
        one = left.pop()
        found.append(one)
        for task in Path(f"/proc/{one}/task").glob("*/children"):
            left += [int(child) for child in _read(task).split()]
    return found


def cpu_s(pid: int) -> float:
    """Seconds on a core since its start, with its children's, whether they live or have ended."""
    spent = 0
    for one in family(pid):
        fields = _read(Path(f"/proc/{one}/stat")).rpartition(")")[2].split()
        spent += sum(map(int, fields[11:13])) + (sum(map(int, fields[13:15])) if fields else 0)
    return spent / TICKS


def memory(pid: int) -> int:
    """Bytes it holds with its children; what several share is counted once (PSS)."""
    held = 0
    for one in family(pid):
        for line in _read(Path(f"/proc/{one}/smaps_rollup")).splitlines():
            if line.startswith("Pss:"):
                held += 1024 * int(line.split()[1])
    return held


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii")
    except OSError:
        return ""  # it ended meanwhile

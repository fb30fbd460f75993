"""A server that hangs: the kernel accepts connections for it, and nobody answers."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

PATIENCE = 60.0  # seconds; only a hung machine takes longer


@contextmanager
def paused(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """For the block. It begins when every thread stands still, which takes a busy machine a while:
    until then one of them may still answer."""
    process.send_signal(signal.SIGSTOP)
    try:
        _until_still(process.pid)
        yield
    finally:
        process.send_signal(signal.SIGCONT)


def _until_still(pid: int) -> None:
    over = time.monotonic() + PATIENCE
    while any(state != "T" for state in _states(pid)):
        assert time.monotonic() < over, "it does not stand still"
        time.sleep(0.005)


def _states(pid: int) -> Iterator[str]:
    """Of every thread, by `proc_pid_stat(5)`; none where there is no such thing."""
    for task in Path(f"/proc/{pid}/task").glob("*/stat"):
        with suppress(OSError):
            yield task.read_text().rpartition(")")[2].split()[0]

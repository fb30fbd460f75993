"""Looking at processes from the outside, and waiting for them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def runs(pid: int) -> bool:
    """Does `pid` run? A zombie does not: nobody may be there to bury it."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for it; fail if it takes for ever."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.02)


def all_end(pids: Iterable[int]) -> None:
    """Wait until none of them runs."""
    watched = set(pids)
    until(lambda: not any(map(runs, watched)))


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()

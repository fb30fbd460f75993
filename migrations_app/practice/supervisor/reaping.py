"""The supervisor's end of its reaper: tells it what to end, and replaces it if it is killed."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from migrations_app.practice.supervisor.spawn import BARE_PYTHON, gone

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

REAPER = Path(__file__).with_name("reaper.py")


class Reaper:
    """One reaper process at any time, until `close`. Thread-safe.

    `keep_open` are descriptors it shares: a lock that it holds is free only when it has finished.
    """

    def __init__(self, keep_open: Sequence[int], grace: float, changed: Callable[[], None]) -> None:
        self._keep_open = tuple(keep_open)
        self._changed = changed
        self._lock = threading.Lock()
        self._closing = False
        self._groups: dict[int, int] = {}
        self._standing = [f"grace {grace}"]
        self._start()
        self._thread = threading.Thread(target=self._mind, name="reaper", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def watch(self, pid: int, signal_number: int) -> None:
        """From now on end the group of `pid`, asking its leader with `signal_number` first."""
        with self._lock:
            self._groups[pid] = int(signal_number)
            self._tell(f"watch {pid} {int(signal_number)}")

    def forget(self, pid: int) -> None:
        with self._lock:
            self._groups.pop(pid, None)
            self._tell(f"forget {pid}")

    def remove(self, directory: Path) -> None:
        """Have `directory` removed after everything has ended."""
        with self._lock:
            self._standing.append(f"remove {directory}")
            self._tell(self._standing[-1])

    def close(self) -> None:
        """Let it do the rest of its work; returns when it has."""
        with self._lock:
            self._closing = True
            self._hang_up()
        self._thread.join()
        self._process.wait()

    def _start(self) -> None:
        """Start a reaper and tell it all that holds so far."""
        self._process = subprocess.Popen(
            [*BARE_PYTHON, str(REAPER)],
            stdin=subprocess.PIPE,
            text=True,
            bufsize=1,
            start_new_session=True,
            pass_fds=self._keep_open,
        )
        groups = [f"watch {pid} {number}" for pid, number in self._groups.items()]
        for line in [*self._standing, *groups]:
            self._tell(line)

    def _tell(self, line: str) -> None:
        """If it has just been killed, the next one hears everything from `_mind`."""
        pipe = self._process.stdin
        try:
            if pipe is not None and not pipe.closed:
                pipe.write(line + "\n")
        except BrokenPipeError:
            return

    def _hang_up(self) -> None:
        try:
            if self._process.stdin is not None:
                self._process.stdin.close()
        except BrokenPipeError:
            return

    def _mind(self) -> None:
        while gone(self._process.pid, block=True):
            with self._lock:
                if self._closing:
                    return
                self._hang_up()
                self._process.wait()
                self._start()
            self._changed()

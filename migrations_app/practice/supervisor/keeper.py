"""Keeps one child running: one thread, from its first start to the end of the supervisor."""

from __future__ import annotations

import os
import signal
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from migrations_app.practice.errors import PracticeError
from migrations_app.practice.supervisor.logs import pump
from migrations_app.practice.supervisor.spawn import gone, kill_group, spawn

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from migrations_app.practice.supervisor.child import Child
    from migrations_app.practice.supervisor.logs import Log
    from migrations_app.practice.supervisor.reaping import Reaper

PAUSES = (0.05, 0.2, 0.5, 1.0, 2.0, 5.0)  # seconds before a restart, by short lives in a row
STEADY = 3.0  # seconds; a life this long was not a failed start
TRIES = 3  # lives in a row that may end before they were ready
POLL = 0.02  # seconds between two questions "ready?"


class Keeper:
    """Starts `child`, asks whether it is ready, waits for its end, and starts it again.

    Its thread is also the one that makes the process, because the kernel ties a child's life to
    the thread that made it. `pid`, `lives` and `ready` may be read from anywhere.
    """

    def __init__(self, child: Child, log: Log, reaper: Reaper, changed: Callable[[], None]) -> None:
        self.child = child
        self.pid: int | None = None
        self.lives = 0
        self.ready = False
        self._log = log
        self._reaper = reaper
        self._changed = changed
        self._unready_lives = 0
        self._doubt = ""
        self._stopping = threading.Event()
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name=child.name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wait_ready(self, life: int = 1) -> None:
        """Until its `life`th life, or a later one, is ready. `PracticeError` if that fails."""
        patience = TRIES * (self.child.ready_seconds + 1)
        with self._news:
            self._news.wait_for(lambda: self._hopeless() or self._is_ready(life), patience)
            if not self._is_ready(life):
                raise PracticeError(self._complaint())

    def stop(self) -> None:
        """Ask it to stop, kill it if it does not in time; returns when it has ended."""
        self._stopping.set()
        with self._news:
            if self.pid is not None:
                os.kill(self.pid, self.child.stop_signal)
        self._join(self.child.stop_seconds)
        self.kill()
        self._join(None)

    def _join(self, seconds: float | None) -> None:
        """An interrupt may come between a thread's making and its start; `kill` covers that one."""
        with suppress(RuntimeError):
            self._thread.join(seconds)

    def kill(self) -> None:
        """Let no new life begin, and end this one with everything in its group, at once."""
        self._stopping.set()
        with self._news:
            if self.pid is not None:
                kill_group(self.pid, signal.SIGKILL)

    def _is_ready(self, life: int) -> bool:
        return self.ready and self.lives >= life

    def _hopeless(self) -> bool:
        return self._unready_lives >= TRIES or self._stopping.is_set()

    def _complaint(self) -> str:
        doubt = f" ({self._doubt})" if self._doubt else ""
        return (
            f"{self.child.name} did not get ready{doubt}. Its last words:\n"
            f"{self._log.last_words()}\nThe whole log is in {self._log.path}."
        )

    def _run(self) -> None:
        short_lives = 0
        while not self._stopping.is_set():
            born = time.monotonic()
            self._live()
            short_lives = 0 if time.monotonic() - born > STEADY else short_lives + 1
            self._stopping.wait(PAUSES[min(short_lives, len(PAUSES) - 1)])

    def _live(self) -> None:
        """One life, from birth to the end of everything in its group."""
        process = self._begin()
        if process is None:
            return
        self._reaper.watch(process.pid, self.child.stop_signal)
        self._changed()
        pump(process, self._log)
        self._become_ready(process.pid)
        gone(process.pid, block=True)
        self._end(process)

    def _begin(self) -> subprocess.Popen[bytes] | None:
        try:
            if self.child.before is not None:
                self.child.before()
            with self._news:
                if self._stopping.is_set():
                    return None
                process = spawn(self.child)
                self.pid, self.lives = process.pid, self.lives + 1
        except Exception as error:  # noqa: BLE001 - whatever it is, it is logged and tried again
            self._log.write(f"could not be started: {type(error).__name__}: {error}")
            self._note_end(unready=True)
            return None
        return process

    def _become_ready(self, pid: int) -> None:
        deadline = time.monotonic() + self.child.ready_seconds
        while not gone(pid, block=False) and not self._stopping.is_set():
            if self._says_ready():
                with self._news:
                    self.ready, self._unready_lives, self._doubt = True, 0, ""
                    self._news.notify_all()
                return
            if time.monotonic() > deadline:
                self._log.write(f"not ready after {self.child.ready_seconds:g} s: killed")
                kill_group(pid, signal.SIGKILL)
                return
            self._stopping.wait(POLL)

    def _says_ready(self) -> bool:
        if self.child.ready is None:
            return True
        try:
            return self.child.ready()
        except Exception as error:  # noqa: BLE001 - anyone's check may fail in its own way: not yet
            self._doubt = str(error)
            return False

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """Its zombie still holds the group's number, so that the kill can't hit a stranger."""
        kill_group(process.pid, signal.SIGKILL)
        with self._news:
            code = process.wait()
            self.pid = None
        self._reaper.forget(process.pid)
        self._log.write(f"ended: {describe(code)}")
        self._note_end(unready=not self.ready)
        self._changed()

    def _note_end(self, *, unready: bool) -> None:
        with self._news:
            self._unready_lives += unready
            self.ready = False
            self._news.notify_all()


def describe(code: int) -> str:
    """An exit status in words: `exit 1`, `SIGKILL`."""
    return f"exit {code}" if code >= 0 else signal.Signals(-code).name

"""One real process that a test may kill, stop dead and start again. Nobody restarts it for us."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from migrations_app.practice.supervisor.spawn import kill_group, launched

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrations_app.practice.supervisor import Child

PATIENCE_S = 60.0  # only a hung machine takes longer


@dataclass
class Process:
    """`child` as the supervisor would run it. Dies with us, even while it is stopped."""

    child: Child
    logs: Path
    running: subprocess.Popen[bytes] | None = field(default=None, init=False)
    paused: bool = field(default=False, init=False)

    @property
    def pid(self) -> int:
        assert self.running is not None, f"{self.child.name} was never started"
        return self.running.pid

    @property
    def alive(self) -> bool:
        return self.running is not None and self.running.poll() is None

    def begin(self, *before: str, env: Mapping[str, str] | None = None) -> None:
        """Start it without waiting for it. `before`: a command that runs it (`faketime …`)."""
        if self.child.before is not None:
            self.child.before()
        argv = [*before, *self.child.argv]
        with (self.logs / f"{self.child.name}.log").open("ab") as log:
            self.running = subprocess.Popen(
                launched(argv, signal.SIGKILL, self.child.account),
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, **self.child.env, **(env or {})},
            )  # fmt: skip

    def wait_ready(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not self._says_ready():
            assert self.alive, f"{self.child.name} ended at once: {self.said()}"
            assert time.monotonic() < deadline, f"{self.child.name} is not ready: {self.said()}"
            time.sleep(0.05)

    def start(self) -> None:
        self.begin()
        self.wait_ready()

    def kill(self) -> None:
        """With -9, and everything it started."""
        if self.running is not None and self.running.poll() is None:
            kill_group(self.pid, signal.SIGKILL)
            self.running.wait()
        self.paused = False

    def end(self, signal_number: int | None = None) -> None:
        """As a supervisor does it: ask, wait, and kill only then."""
        if not self.alive or self.running is None:
            return
        os.kill(self.pid, signal_number or self.child.stop_signal)
        try:
            self.running.wait(self.child.stop_seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def pause(self) -> None:
        """Stopped dead: it holds all it holds, the kernel still takes its connections."""
        self._signal(signal.SIGSTOP)
        self.paused = True

    def resume(self) -> None:
        self._signal(signal.SIGCONT)
        self.paused = False

    def resume_if_alive(self) -> None:
        """For timers: it may have been killed meanwhile, or be somebody else by now."""
        if self.alive and self.paused:
            self.resume()

    def said(self) -> str:
        """The end of its log."""
        return (self.logs / f"{self.child.name}.log").read_text(errors="replace")[-3000:]

    def _signal(self, number: int) -> None:
        for pid in family(self.pid):
            os.kill(pid, number)

    def _says_ready(self) -> bool:
        if self.child.ready is None:
            return self.alive
        try:
            return self.child.ready()
        except Exception:  # noqa: BLE001 (every check fails in its own way: not yet)
            return False


def family(pid: int) -> Iterator[int]:
    """`pid` and everything below it: servers put their own children into groups of their own."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return
    for child in children:
        yield from family(int(child))

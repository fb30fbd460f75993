"""Kill processes of ours with -9, one after the other, all night long. Only times may change."""

from __future__ import annotations

import os
import random
import signal
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType

    from migrations_app.practice.supervisor import Supervisor

VICTIMS = (
    "web", "worker-traffic", "worker-metrics", "worker-outbox", "poller", "postgres", "valkey",
)  # fmt: skip
PAUSE_S = (1.5, 4.0)


@dataclass
class Torment:
    """As a context manager: somebody dies every few seconds, everybody in turn, in random order.

    The supervisor starts the dead again, as any init system would.
    """

    supervisor: Supervisor
    killed: list[str] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Torment:
        self._thread = threading.Thread(target=self._torment, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)

    def _torment(self) -> None:
        waiting: list[str] = []
        while not self._stop.wait(random.uniform(*PAUSE_S)):
            waiting = waiting or random.sample(VICTIMS, len(VICTIMS))
            self._kill(waiting.pop())

    def _kill(self, name: str) -> None:
        pid = self.supervisor.pids().get(name)
        if pid is not None:
            os.kill(pid, signal.SIGKILL)
            self.killed.append(name)

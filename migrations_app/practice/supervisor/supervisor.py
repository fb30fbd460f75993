"""A small process supervisor: named children, in order, watched, and all gone at the end."""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Self

from migrations_app.practice.supervisor import memory
from migrations_app.practice.supervisor.keeper import Keeper
from migrations_app.practice.supervisor.logs import Log
from migrations_app.practice.supervisor.reaping import Reaper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from migrations_app.practice.supervisor.child import Child


class Supervisor:
    """Use as a context manager; leaving it, for whatever reason, stops everything.

    Under `directory` it keeps `logs/NAME.log` and `processes.json`: the pid, the number of
    restarts and the readiness of every child by name. A child that ends is started again, after
    a pause that grows with every crash in a row. If the supervisor itself is killed, the kernel
    and the reaper end the children within `grace` seconds. The descriptors in `keep_open` stay
    open until the last of them is gone.
    """

    def __init__(
        self, directory: Path, *, keep_open: Sequence[int] = (), grace: float = 5.0
    ) -> None:
        self.directory = directory
        self.logs = directory / "logs"
        self._keep_open = keep_open
        self._grace = grace
        self._lock = threading.Lock()
        self._keepers: dict[str, Keeper] = {}
        self._logs: list[Log] = []
        self._ended = threading.Event()

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True)
        self._reaper = Reaper(self._keep_open, self._grace, self._record)
        self._record()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def add(self, *children: Child) -> None:
        """Start `children` together; returns when all are ready, else raises `PracticeError`.

        Calls one after the other start them one after the other. Stopping goes backwards.
        """
        keepers = [self._keep(child) for child in children]
        for keeper in keepers:
            keeper.wait_ready()

    def pids(self) -> dict[str, int]:
        """The pid of every child that runs just now."""
        pids = [(name, keeper.pid) for name, keeper in self._keepers.items()]
        return {name: pid for name, pid in pids if pid is not None}

    def lives(self, name: str) -> int:
        """How often `name` has been started; 1 before the first restart."""
        return self._keepers[name].lives

    def wait_ready(self, name: str, life: int = 1) -> None:
        """Until the `life`th life of `name`, or a later one, is ready."""
        self._keepers[name].wait_ready(life)

    def memory(self) -> dict[str, memory.Memory]:
        """What each child takes with its descendants, and we ourselves, in bytes (Linux)."""
        ours = {"supervisor": os.getpid(), "reaper": self._reaper.pid}
        own = {name: memory.of_process(pid) for name, pid in ours.items()}
        return own | {name: memory.of_family(pid) for name, pid in self.pids().items()}

    def remove_at_end(self, directory: Path) -> None:
        """Have `directory` removed when everything has ended, even if we are killed."""
        self._reaper.remove(directory)

    def wait(self) -> None:
        """Block until `stop` is called from elsewhere or Ctrl-C arrives."""
        self._ended.wait()

    def stop(self) -> None:
        """Stop all children, last started first. Interrupted, it kills the rest at once."""
        keepers = list(self._keepers.values())
        try:
            for keeper in reversed(keepers):
                keeper.stop()
        finally:
            for keeper in keepers:
                keeper.kill()
            self._reaper.close()
            for log in self._logs:
                log.close()
            self._ended.set()

    def _keep(self, child: Child) -> Keeper:
        if child.name in self._keepers:
            raise ValueError(f"there is already a child called {child.name!r}")
        log = Log(self.logs / f"{child.name}.log", child.name)
        self._logs.append(log)
        keeper = Keeper(child, log, self._reaper, self._record)
        self._keepers[child.name] = keeper
        keeper.start()
        return keeper

    def _record(self) -> None:
        """Write who runs, in one rename, so that a reader never sees half of it."""
        with self._lock:
            children = {
                name: {"pid": keeper.pid, "restarts": max(0, keeper.lives - 1)}
                for name, keeper in list(self._keepers.items())
            }
            entry = {"supervisor": os.getpid(), "reaper": self._reaper.pid, "children": children}
            draft = self.directory / "processes.json.new"
            draft.write_text(json.dumps(entry, indent=1) + "\n")
            draft.replace(self.directory / "processes.json")

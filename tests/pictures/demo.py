"""The practice range in a process of its own, as `make demo` starts it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.process import family
from migrations_app.practice.ports import HOST, free_port
from migrations_app.practice.supervisor.spawn import launched
from tests.plugin import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOM = re.compile(r"The room\s+(http://\S+/runs/(\d+)/)")
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Demo:
    """Where the live rehearsal is. `directory` holds everything of it."""

    url: str
    run: int
    port: int
    directory: Path

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """Stop a process of the range for a moment: it answers nobody."""
        processes = json.loads((self.directory / "processes.json").read_text(encoding="utf-8"))
        pids = family(int(processes["children"][name]["pid"]))
        try:
            _signal(pids, signal.SIGSTOP)
            yield
        finally:
            _signal(pids, signal.SIGCONT)


def _signal(pids: list[int], number: signal.Signals) -> None:
    for pid in pids:
        os.kill(pid, number)


@contextmanager
def demo() -> Iterator[Demo]:
    """A fresh range with a live rehearsal. Nothing is left of it."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="warroom-pictures-", ignore_cleanup_errors=True) as at:
        Path(at).chmod(0o711)  # run by root, PostgreSQL is nobody and has to get in
        command = [sys.executable, "-m", "migrations_app.practice", "--dir", at, "--reset",
                   "--listen", f"{HOST}:{port}"]  # fmt: skip
        quiet = {name: value for name, value in os.environ.items() if value != NOWHERE}
        with subprocess.Popen(
            launched(command, signal.SIGTERM), stdout=subprocess.PIPE, text=True, env=quiet
        ) as process:
            try:
                yield _ready(process, port, Path(at))
            finally:
                process.send_signal(signal.SIGINT)
                process.wait(PATIENCE_S)


def _ready(process: subprocess.Popen[str], port: int, at: Path) -> Demo:
    assert process.stdout is not None
    said = []
    for line in process.stdout:
        said.append(line)
        if (found := _ROOM.search(line)) is not None:
            return Demo(f"http://{HOST}:{port}", int(found[2]), port, at)
    raise AssertionError(f"the practice range did not start:\n{''.join(said)}")

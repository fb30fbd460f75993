"""Servers that can be stopped for good, and readers of a page at a fixed rate."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.process import server_side
from migrations_app.practice.statedir import StateDir
from migrations_app.practice.supervisor import Supervisor
from tests.servers import make_postgres, make_valkey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Servers:
    """A PostgreSQL that can be stopped for good, and a Valkey."""

    postgres_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    postgres_pid: int
    stop_postgres: Callable[[], None]


@contextmanager
def servers() -> Iterator[Servers]:
    """Both on the first core, each with a supervisor of its own; nothing is left of them."""
    directory = Path(tempfile.mkdtemp(prefix="warroom-bench-"))
    directory.chmod(0o711)  # run by root, PostgreSQL is nobody and has to get in
    with ExitStack() as stack:
        with server_side():
            first = stack.enter_context(Supervisor(directory / "one", grace=2.0))
            second = stack.enter_context(Supervisor(directory / "two", grace=2.0))
            first.remove_at_end(directory)
            state = StateDir(directory)
            postgres, valkey = make_postgres(state), make_valkey(state)
            first.add(valkey.child())
            second.add(postgres.child())
            postgres.create_database()
        pid = second.pids()["postgres"]
        yield Servers(postgres.url(), valkey.url, pid, second.stop)


@dataclass(frozen=True, slots=True)
class Load:
    """What became of the readers. Seconds."""

    statuses: dict[str, int]
    took: dict[str, float]
    late: float

    @property
    def sent(self) -> int:
        return sum(self.statuses.values())

    @property
    def failed(self) -> int:
        return self.sent - self.statuses.get("200", 0) - self.statuses.get("304", 0)

    @property
    def unchanged(self) -> float:
        """The share that had the page already."""
        return self.statuses.get("304", 0) / max(1, self.sent)


@contextmanager
def readers(port: int, path: str, rate: float, seconds: float) -> Iterator[list[Load]]:
    """Let people read meanwhile; afterwards the list holds what became of them."""
    command = [sys.executable, "-m", "bench.load", str(port), path]
    asked = ["--rate", str(rate), "--seconds", str(seconds)]
    outcome: list[Load] = []
    with subprocess.Popen([*command, *asked], stdout=subprocess.PIPE, text=True) as process:
        yield outcome
        said, _ = process.communicate()
    outcome.append(Load(**json.loads(said)))

"""A whole war room of the test's own: PostgreSQL, Valkey, web, three workers, poller."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
from psycopg.rows import tuple_row

from migrations_app.practice.demo.person import Person
from migrations_app.practice.demo.processes import Web, children
from migrations_app.practice.parts import python_environment
from migrations_app.practice.ports import HOST
from migrations_app.practice.servers.home import find_home
from migrations_app.practice.servers.postgres import Postgres
from migrations_app.practice.servers.valkey import Valkey
from migrations_app.practice.statedir import StateDir
from migrations_app.practice.supervisor import Supervisor
from tests.faults.desk import Desk
from tests.faults.process import Process

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SERVERS = ("postgres", "valkey")
WORKERS = ("worker-traffic", "worker-metrics", "worker-outbox")
OURS = ("web", *WORKERS, "poller")


@dataclass
class House:
    """Every process by its name. `env` is what each of Warroom's own is told."""

    path: Path
    web: Web
    postgres: Postgres
    redis_url: str = field(repr=False)
    env: dict[str, str] = field(repr=False)
    processes: dict[str, Process]
    tokens: dict[str, str] = field(default_factory=dict, repr=False)
    people: dict[str, Person] = field(default_factory=dict)
    _desk: Desk | None = None

    def __getitem__(self, name: str) -> Process:
        return self.processes[name]

    @property
    def keep(self) -> Path:
        """What this machine remembers."""
        return Path(self.env["WARROOM_KEEP_DIR"])

    @property
    def desk(self) -> Desk:
        """Somebody at a shell of this machine. Started when first asked for."""
        if self._desk is None:
            self._desk = Desk(self.env)
        return self._desk

    def begin(self) -> None:
        for name in SERVERS:
            self[name].begin()
        for name in SERVERS:
            self[name].wait_ready()
        self.postgres.create_database()
        self.tokens = self.desk.seed()
        self.people = {one: Person.at(self.web.url, one, self.tokens[one]) for one in self.tokens}
        self.mend()

    def mend(self) -> None:
        """Everything that was killed or stopped runs again; all that is wanted of old runs is
        forgotten."""
        for process in self.processes.values():
            if process.paused:
                process.resume()
        for names in (SERVERS, OURS):
            dead = [self[name] for name in names if not self[name].alive]
            for process in dead:
                process.begin()
            for process in dead:
                process.wait_ready()

    def forget_runs(self) -> None:
        """Nobody looks at the runs of earlier tests any more."""
        for statement in _FORGET:
            self.ask(statement)

    def end(self) -> None:
        for person in self.people.values():
            person.client.close()
        if self._desk is not None:
            self._desk.close()
        for process in reversed(self.processes.values()):
            process.kill()

    def ask(self, statement: LiteralString, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the real database, read past everything of ours."""
        with psycopg.connect(self.postgres.url(), autocommit=True, row_factory=tuple_row) as link:
            cursor = link.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def kill(self, names: Sequence[str]) -> None:
        for name in names:
            self[name].kill()


_FORGET: tuple[LiteralString, ...] = (
    """UPDATE migrations_app_run
          SET state = 'called_off', wake_at = NULL, ended_at = clock_timestamp() - interval '1 day'
        WHERE state NOT IN ('called_off', 'planned')""",
    "UPDATE migrations_app_route SET read_at = NULL, lease_until = NULL",
    "UPDATE migrations_app_sourcetick SET due_at = NULL",
    "UPDATE migrations_app_channelpost SET due_at = NULL",
)


@contextmanager
def house(disk: Path | None = None) -> Iterator[House]:
    """Up and running; nothing is left of it afterwards, not even if we are killed.

    `disk`: where PostgreSQL keeps its data, instead of beside the rest.
    """
    path = Path(tempfile.mkdtemp(prefix="warroom-faults-"))
    path.chmod(0o711)  # run by root, PostgreSQL is nobody and has to get in
    with Supervisor(path, grace=2.0) as reaper:
        reaper.remove_at_end(path)
        state = StateDir(path)
        made = _made(state, disk)
        if state.elsewhere is not None:
            reaper.remove_at_end(state.elsewhere)
        try:
            made.begin()
            yield made
        finally:
            made.end()
            shutil.rmtree(path / "postgres", ignore_errors=True)


def _made(state: StateDir, disk: Path | None) -> House:
    home = find_home(state if disk is None else StateDir(disk))
    postgres = Postgres(home, state.port("postgres"), state.secret("postgres"), durable=False)
    valkey = Valkey(
        state.make("valkey"), state.port("valkey"), state.secret("valkey"), durable=False
    )
    web = Web(HOST, state.port("web"))
    env = python_environment() | {
        "DATABASE_URL": postgres.url(),
        "REDIS_URL": valkey.url,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "WARROOM_URL": web.url,
        "WARROOM_STATUS_DIR": str(state.path / "status"),
        "WARROOM_KEEP_DIR": str(state.path / "keep"),
        "DJANGO_SETTINGS_MODULE": "warroom.settings",
        "LOG_LEVEL": "WARNING",
    }
    parts = [postgres.child(), valkey.child(), *children(env, web)]
    processes = {part.name: Process(part, state.make("logs")) for part in parts}
    return House(state.path, web, postgres, valkey.url, env, processes)

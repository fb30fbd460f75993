"""A real PostgreSQL and a real Redis-compatible server for the test-suite, gone afterwards."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from migrations_app.practice.servers.home import find_home
from migrations_app.practice.servers.postgres import Postgres
from migrations_app.practice.servers.valkey import Valkey
from migrations_app.practice.statedir import StateDir
from migrations_app.practice.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Servers:
    """Where they are. Both URLs hold a password made for this one start."""

    postgres_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    directory: Path
    pids: dict[str, int]


@contextmanager
def postgres_and_valkey() -> Iterator[Servers]:
    """Both servers on free ports, in a temporary directory.

    Nothing is left behind, neither process nor file, even if the test process is killed.
    """
    directory = Path(tempfile.mkdtemp(prefix="warroom-test-"))
    directory.chmod(0o711)  # run by root, PostgreSQL is nobody and has to get in
    with Supervisor(directory, grace=2.0) as supervisor:
        supervisor.remove_at_end(directory)
        state = StateDir(directory)
        postgres = make_postgres(state)
        if state.elsewhere is not None:
            supervisor.remove_at_end(state.elsewhere)
        valkey = make_valkey(state)
        supervisor.add(postgres.child(), valkey.child())
        postgres.create_database()
        yield Servers(postgres.url(), valkey.url, directory, supervisor.pids())


def make_postgres(state: StateDir) -> Postgres:
    return Postgres(
        find_home(state), state.port("postgres"), state.secret("postgres"), durable=False
    )


def make_valkey(state: StateDir) -> Valkey:
    return Valkey(state.make("valkey"), state.port("valkey"), state.secret("valkey"), durable=False)

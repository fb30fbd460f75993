from __future__ import annotations

import os
import signal
import stat
from typing import TYPE_CHECKING

import pytest
from redis import AuthenticationError, Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from migrations_app.practice.servers.valkey import Valkey
from migrations_app.practice.statedir import StateDir

if TYPE_CHECKING:
    from pathlib import Path

    from migrations_app.practice.supervisor import Supervisor


def server(directory: Path, *, durable: bool) -> Valkey:
    state = StateDir(directory)
    return Valkey(state.make("valkey"), state.port("valkey"), state.secret("valkey"), durable)


def test_what_it_was_told_survives_kill_9(supervisor: Supervisor, directory: Path) -> None:
    valkey = server(directory, durable=True)
    supervisor.add(valkey.child())
    with Redis.from_url(valkey.url) as connection:
        connection.set("kept", "yes")

    os.kill(supervisor.pids()["valkey"], signal.SIGKILL)
    supervisor.wait_ready("valkey", 2)

    with Redis.from_url(valkey.url) as connection:
        assert connection.get("kept") == b"yes"


def test_for_tests_it_writes_nothing(supervisor: Supervisor, directory: Path) -> None:
    valkey = server(directory, durable=False)
    supervisor.add(valkey.child())
    with Redis.from_url(valkey.url) as connection:
        connection.set("kept", "no")

    assert [path.name for path in valkey.directory.iterdir()] == ["valkey.conf"]


def test_nobody_gets_in_without_the_password(supervisor: Supervisor, directory: Path) -> None:
    valkey = server(directory, durable=False)
    supervisor.add(valkey.child())

    once = Retry(NoBackoff(), 0)
    with Redis(port=valkey.port, retry=once) as connection, pytest.raises(AuthenticationError):
        connection.ping()
    assert valkey.password not in repr(valkey)
    assert not any(valkey.password in part for part in valkey.child().argv)
    mode = (valkey.directory / "valkey.conf").stat().st_mode
    assert stat.S_IMODE(mode) == 0o600

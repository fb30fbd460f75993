"""The servers of the test-suite leave nothing behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
from redis import Redis

from migrations_app.practice.supervisor.memory import family
from tests.practice.processes import all_end, runs, until
from tests.practice.test_stack import ENVIRONMENT
from tests.servers import postgres_and_valkey

PROGRAM = """
import time
from tests.servers import postgres_and_valkey

with postgres_and_valkey() as servers:
    print(servers.directory, flush=True)
    time.sleep(600)
"""


def test_both_servers_answer_and_are_gone_afterwards() -> None:
    with postgres_and_valkey() as servers:
        with psycopg.connect(servers.postgres_url) as connection:
            assert connection.execute("SELECT current_database()").fetchone() == ("warroom",)
        with Redis.from_url(servers.redis_url) as redis:
            assert redis.ping()
        pids = servers.pids
        assert set(pids) == {"postgres", "valkey"}

    assert not any(map(runs, pids.values()))
    assert not servers.directory.exists()
    assert "postgresql://" not in repr(servers)


def test_nothing_is_left_of_a_killed_test_process() -> None:
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        directory = Path(running.stdout.readline().strip())
        pids = family(running.pid)
        assert len(pids) > 7
        assert directory.is_dir()

        running.kill()

    all_end(pids)
    until(lambda: not directory.exists())

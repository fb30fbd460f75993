from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from migrations_app.practice.errors import PracticeError
from migrations_app.practice.servers.home import find_home
from migrations_app.practice.servers.postgres import Postgres, clear_stale
from migrations_app.practice.statedir import StateDir
from migrations_app.practice.supervisor import Supervisor
from tests.practice.processes import runs

if TYPE_CHECKING:
    from collections.abc import Iterator


def cluster(directory: Path) -> Postgres:
    state = StateDir(directory)
    home = find_home(state)
    return Postgres(home, state.port("postgres"), state.secret("postgres"), durable=False)


def query(postgres: Postgres, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(postgres.url()) as connection:
        return connection.execute(statement).fetchall()


def keep_a_row(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("CREATE TABLE kept (value int)")
        connection.execute("INSERT INTO kept VALUES (42)")


@pytest.fixture(scope="module")
def running() -> Iterator[Postgres]:
    directory = Path(tempfile.mkdtemp(prefix="warroom-test-"))
    directory.chmod(0o711)
    with Supervisor(directory, grace=1.0) as supervisor:
        supervisor.remove_at_end(directory)
        postgres = cluster(directory)
        supervisor.add(postgres.child())
        postgres.create_database()
        yield postgres


def test_it_is_postgresql_18_in_utf_8_and_utc(running: Postgres) -> None:
    settings = ("server_version_num", "server_encoding", "TimeZone", "listen_addresses")
    version, *others = (query(running, f"SHOW {name}")[0][0] for name in settings)

    assert str(version).startswith("18")
    assert others == ["UTF8", "UTC", "127.0.0.1"]
    assert query(running, "SELECT lower('ÄÉ')") == [("äé",)]


def test_it_waits_for_the_disk_unless_its_data_is_fleeting(running: Postgres) -> None:
    durable = Postgres(running.home, running.port, running.password, durable=True)

    assert query(running, "SHOW fsync") == [("off",)]
    assert query(running, "SHOW synchronous_commit") == [("on",)]
    assert not any("fsync" in argument for argument in durable.child().argv)


def test_nobody_gets_in_without_the_password(running: Postgres) -> None:
    stranger = Postgres(running.home, running.port, "guessed")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(stranger.url("postgres"))
    assert running.password not in repr(running)
    assert [path.name for path in running.home.data.iterdir()] == ["cluster"]


def test_after_kill_9_it_comes_back_with_what_was_committed(
    supervisor: Supervisor, directory: Path
) -> None:
    postgres = cluster(directory)
    supervisor.add(postgres.child())
    postgres.create_database()
    keep_a_row(postgres)

    os.kill(supervisor.pids()["postgres"], signal.SIGKILL)
    supervisor.wait_ready("postgres", 2)

    assert query(postgres, "SELECT * FROM kept") == [(42,)]


def test_a_second_start_finds_the_data_of_the_first(directory: Path) -> None:
    for start in (1, 2):
        postgres = cluster(directory)
        with Supervisor(directory) as supervisor:
            supervisor.add(postgres.child())
            postgres.create_database()
            if start == 1:
                keep_a_row(postgres)
            else:
                assert query(postgres, "SELECT * FROM kept") == [(42,)]
        log = (directory / "logs" / "postgres.log").read_text()
        assert log.count("database system is shut down") == start


def test_half_a_cluster_left_by_a_crash_is_made_anew(
    supervisor: Supervisor, directory: Path
) -> None:
    postgres = cluster(directory)
    (postgres.home.data / "new").mkdir()
    (postgres.home.data / "new" / "PG_VERSION").write_text("18")

    supervisor.add(postgres.child())

    postgres.create_database()


def test_a_pid_file_that_names_a_process_of_somebody_else_is_removed(tmp_path: Path) -> None:
    with subprocess.Popen(["/bin/sleep", "600"]) as stranger:
        (tmp_path / "postmaster.pid").write_text(f"{stranger.pid}\n{tmp_path}\n")

        clear_stale(tmp_path)

        assert not (tmp_path / "postmaster.pid").exists()
        assert runs(stranger.pid)
        stranger.kill()


def test_an_orphan_at_work_in_the_directory_is_asked_to_stop_first(tmp_path: Path) -> None:
    with subprocess.Popen(["/bin/sleep", "600"], cwd=tmp_path) as orphan:
        (tmp_path / "postmaster.pid").write_text(f"{orphan.pid}\n")

        clear_stale(tmp_path)

        assert orphan.wait() == -signal.SIGINT
        assert not (tmp_path / "postmaster.pid").exists()


def test_an_orphan_that_does_not_stop_is_named(tmp_path: Path) -> None:
    deaf = "trap '' INT; echo deaf; while :; do sleep 0.1; done"
    told = ["/bin/sh", "-c", deaf]
    with subprocess.Popen(told, cwd=tmp_path, stdout=subprocess.PIPE) as orphan:
        assert orphan.stdout is not None
        assert orphan.stdout.readline() == b"deaf\n"
        (tmp_path / "postmaster.pid").write_text(f"{orphan.pid}\n")

        with pytest.raises(PracticeError, match=rf"process {orphan.pid}"):
            clear_stale(tmp_path, patience=0.3)
        orphan.kill()


def test_no_pid_file_is_nothing_to_clear(tmp_path: Path) -> None:
    clear_stale(tmp_path)

    assert list(tmp_path.iterdir()) == []

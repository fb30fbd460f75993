"""Real PostgreSQL clusters for tests of sources: a publisher, its subscriber, its standby."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, LiteralString, NamedTuple

import psycopg
from psycopg import sql

from migrations_app.practice.ports import HOST, free_port
from migrations_app.practice.servers.home import find_home
from migrations_app.practice.servers.postgres import USER, Postgres
from migrations_app.practice.statedir import StateDir
from migrations_app.practice.supervisor import Supervisor
from migrations_app.practice.supervisor.spawn import launched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.practice.servers.home import Home

PATIENCE = 60.0  # seconds; only a hung machine takes longer
DATABASE = "orders"
READER = "reader"
SECRET = "OPEN-SESAME-5432"


class Cluster(Postgres):
    """With WAL that can be decoded, and standbys and subscribers that report every second."""

    def _settings(self) -> list[str]:
        quick = ("--wal_receiver_status_interval=1s", "--wal_retrieve_retry_interval=200ms")
        return [*super()._settings(), "--wal_level=logical", *quick]

    def ask(self, text: LiteralString, *args: object) -> Any:
        """The first column of the first row, as the owner of everything."""
        with psycopg.connect(self.url(DATABASE), autocommit=True) as connection:
            row = connection.execute(text, args or None).fetchone()
        return row and row[0]

    def do(self, *texts: LiteralString | sql.Composed) -> None:
        with psycopg.connect(self.url(DATABASE), autocommit=True) as connection:
            for text in texts:
                connection.execute(text)

    def until(self, text: LiteralString) -> None:
        """Waits until the answer is true."""
        deadline = time.monotonic() + PATIENCE
        while not self.ask(text):
            assert time.monotonic() < deadline, text
            time.sleep(0.02)

    def reader(self) -> None:
        """A role with a login that may see everybody's statistics and read `item`."""
        password = sql.Literal(SECRET)
        self.do(
            "CREATE TABLE item (id int PRIMARY KEY, price numeric)",
            sql.SQL("CREATE ROLE reader LOGIN PASSWORD {}").format(password),
            "GRANT pg_monitor TO reader",
            "GRANT SELECT ON item TO reader",
        )

    def dsn(self) -> str:
        """For another cluster to connect to."""
        return f"host={HOST} port={self.port} user={USER} password={self.password} dbname=orders"


class Trio(NamedTuple):
    """`standby` and `subscriber` (of all tables) follow `primary` under their own names."""

    primary: Cluster
    subscriber: Cluster
    standby: Cluster


@contextmanager
def one_cluster() -> Iterator[Cluster]:
    """With the database `orders` and the role `reader`."""
    with _room() as (supervisor, home):
        yield _started(supervisor, home, "primary")


@contextmanager
def trio() -> Iterator[Trio]:
    """All caught up."""
    with _room() as (supervisor, home):
        primary = _started(supervisor, home, "primary")
        subscriber = _started(supervisor, home, "subscriber")
        standby = _cluster(home, "standby")
        _copy(primary, standby)
        supervisor.add(replace(standby.child(), name="standby"))
        primary.do("CREATE PUBLICATION items FOR TABLE item")
        subscription = "CREATE SUBSCRIPTION items CONNECTION {} PUBLICATION items"
        subscriber.do(sql.SQL(subscription).format(sql.Literal(primary.dsn())))
        subscriber.until("SELECT bool_and(srsubstate = 'r') FROM pg_subscription_rel")
        primary.until("SELECT count(*) = 2 FROM pg_stat_replication WHERE state = 'streaming'")
        yield Trio(primary, subscriber, standby)


@contextmanager
def _room() -> Iterator[tuple[Supervisor, Home]]:
    directory = Path(tempfile.mkdtemp(prefix="warroom-sources-"))
    directory.chmod(0o711)  # run by root, PostgreSQL is nobody and has to get in
    with Supervisor(directory, grace=2.0) as supervisor:
        supervisor.remove_at_end(directory)
        state = StateDir(directory)
        home = find_home(state)
        if state.elsewhere is not None:
            supervisor.remove_at_end(state.elsewhere)
        yield supervisor, home


def _cluster(home: Home, name: str) -> Cluster:
    data = home.data / name
    data.mkdir()
    if home.account is not None:
        os.chown(data, home.account.uid, home.account.gid)
    return Cluster(replace(home, data=data), free_port(), "owner", durable=False)


def _started(supervisor: Supervisor, home: Home, name: str) -> Cluster:
    cluster = _cluster(home, name)
    supervisor.add(replace(cluster.child(), name=name))
    cluster.create_database(DATABASE)
    cluster.reader()
    return cluster


def _copy(primary: Cluster, standby: Cluster) -> None:
    """A base backup that knows whom to follow, under the name `standby`."""
    source = f"host={HOST} port={primary.port} user={USER} application_name=standby"
    command = [
        *(str(primary.home.programs / "pg_basebackup"), "-d", source, "-D", str(standby.data)),
        *("--write-recovery-conf", "--checkpoint=fast", "--no-sync"),
    ]
    argv = launched(command, signal.SIGKILL, primary.home.account)
    environment = {**os.environ, "PGPASSWORD": primary.password}
    subprocess.run(argv, env=environment, check=True, capture_output=True, timeout=PATIENCE)

"""Real MariaDB servers for tests of sources: a primary and its replica."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pymysql
import pytest

from migrations_app.practice.ports import HOST, free_port
from migrations_app.practice.servers.home import NOBODY
from migrations_app.practice.supervisor import Supervisor
from migrations_app.practice.supervisor.child import Child
from migrations_app.practice.supervisor.spawn import launched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.practice.supervisor.child import Account

PATIENCE = 60.0  # seconds; only a hung machine takes longer
PROGRAM = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
MISSING = "NOT PROVEN against a real MariaDB: none on PATH (apt install mariadb-server-core)"
NEEDED = [
    pytest.mark.real("mariadb"),
    pytest.mark.skipif(PROGRAM is None, reason=MISSING),
]
DATABASE = "orders"
READER = "reader"
SECRET = "OPEN-SESAME-3306"
_OWNER = "OWNER-3306"
_SCRIPTS = Path("/usr/share/mysql")
_TABLES = ("system_tables", "performance_tables", "system_tables_data")


@dataclass(frozen=True, slots=True)
class MariaDB:
    """One server. The user `owner` may do everything. `tls`: a certificate with its key."""

    directory: Path
    port: int
    number: int
    tls: Path | None = None

    def connect(self, **keys: Any) -> Any:
        given = {"host": HOST, "port": self.port, "user": "owner", "password": _OWNER, **keys}
        return pymysql.connect(**given, autocommit=True, ssl_disabled=True)

    def do(self, *texts: str) -> None:
        with closing(self.connect(database=DATABASE)) as connection:
            for text in texts:
                with connection.cursor() as cursor:
                    cursor.execute(text)

    def ask(self, text: str) -> Any:
        """The first column of the first row."""
        with closing(self.connect(database=DATABASE)) as connection:
            with connection.cursor() as cursor:
                cursor.execute(text)
                row = cursor.fetchone()
            return row and row[0]

    def until(self, text: str) -> None:
        """Waits until the answer is true."""
        deadline = time.monotonic() + PATIENCE
        while not self.ask(text):
            assert time.monotonic() < deadline, text
            time.sleep(0.02)

    def child(self, name: str) -> Child:
        options = {
            "datadir": self.directory / "data",
            "socket": self.directory / "s",
            "pid-file": self.directory / "pid",
            "port": self.port,
            "bind-address": HOST,
            "server-id": self.number,
            "log-bin": "log",
            "gtid-strict-mode": "ON",
            "innodb-buffer-pool-size": "16M",
            "innodb-log-file-size": "8M",
            "innodb-flush-log-at-trx-commit": 0,
        }
        if self.tls is not None:
            options |= {"ssl-cert": self.tls, "ssl-key": self.tls}
        flags = [f"--{key}={value}" for key, value in options.items()]
        return Child(
            name=name,
            argv=[str(PROGRAM), "--no-defaults", *flags, "--skip-name-resolve"],
            ready=self._answers,
            account=account(),
        )

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX) as knock:  # pymysql leaks its own when nobody is there
            knock.connect(str(self.directory / "s"))
        root = {"unix_socket": str(self.directory / "s"), "user": "root", "password": ""}
        with closing(pymysql.connect(**root, ssl_disabled=True)):
            return True

    def settle(self) -> None:
        """The database, its owner, and a reader who may see replication."""
        root = {"unix_socket": str(self.directory / "s"), "user": "root", "password": ""}
        texts = (
            "SET SESSION sql_log_bin = 0",
            f"CREATE DATABASE {DATABASE}",
            f"CREATE USER owner@'{HOST}' IDENTIFIED BY '{_OWNER}'",
            f"GRANT ALL ON *.* TO owner@'{HOST}' WITH GRANT OPTION",
            f"CREATE USER {READER}@'{HOST}' IDENTIFIED BY '{SECRET}'",
            f"GRANT SELECT ON {DATABASE}.* TO {READER}@'{HOST}'",
            f"GRANT PROCESS, SLAVE MONITOR ON *.* TO {READER}@'{HOST}'",
            f"CREATE TABLE {DATABASE}.item (id int PRIMARY KEY, price decimal(12, 2))",
        )
        with closing(pymysql.connect(**root, ssl_disabled=True)) as connection:
            for text in texts:
                with connection.cursor() as cursor:
                    cursor.execute(text)

    def follow(self, primary: MariaDB) -> None:
        self.do(
            f"CHANGE MASTER TO master_host = '{HOST}', master_port = {primary.port}, "
            f"master_user = 'owner', master_password = '{_OWNER}', "
            "master_use_gtid = slave_pos, master_connect_retry = 1",
            "START SLAVE",
        )


class Pair(NamedTuple):
    """`replica` follows `primary` by GTID."""

    primary: MariaDB
    replica: MariaDB


def account() -> Account | None:
    """Run by root, it is nobody."""
    return NOBODY if os.geteuid() == 0 else None


@contextmanager
def mariadb(count: int = 1, tls: Path | None = None) -> Iterator[list[MariaDB]]:
    """So many of them, strangers to each other. `tls`: a certificate with its key."""
    directory = Path(tempfile.mkdtemp(prefix="warroom-mariadb-"))
    directory.chmod(0o711)
    with Supervisor(directory, grace=2.0) as supervisor:
        supervisor.remove_at_end(directory)
        rooms = [_room(directory, number) for number in range(1, count + 1)]
        papers = _lent(tls, directory)
        servers = [MariaDB(room, free_port(), n, papers) for n, room in enumerate(rooms, 1)]
        _install(servers[0].directory / "data")
        for server in servers[1:]:
            shutil.copytree(servers[0].directory / "data", server.directory / "data")
            _give(server.directory)
        supervisor.add(*(server.child(f"mariadb-{server.number}") for server in servers))
        for server in servers:
            server.settle()
        yield servers


@contextmanager
def pair() -> Iterator[Pair]:
    """All caught up."""
    with mariadb(2) as (primary, replica):
        replica.follow(primary)
        yield Pair(primary, replica)


def _room(directory: Path, number: int) -> Path:
    room = directory / str(number)
    room.mkdir()
    _give(room)
    return room


def _lent(papers: Path | None, directory: Path) -> Path | None:
    """A copy that the server may read."""
    if papers is None:
        return None
    copy = Path(shutil.copy(papers, directory / "tls.pem"))
    _give(copy)
    return copy


def _give(path: Path) -> None:
    who = account()
    if who is not None:
        for one in (path, *path.rglob("*")):
            os.chown(one, who.uid, who.gid)


def _install(data: Path) -> None:
    """What mariadb-install-db does, which needs more programs than a server has."""
    data.mkdir()
    _give(data)
    texts = ["CREATE DATABASE mysql;", "USE mysql;", "SET @auth_root_socket = NULL;"]
    texts += [(_SCRIPTS / f"mysql_{name}.sql").read_text() for name in _TABLES]
    flags = ("--no-defaults", "--bootstrap", f"--datadir={data}", "--innodb-log-file-size=8M")
    argv = launched([str(PROGRAM), *flags, "--skip-name-resolve"], signal.SIGKILL, account())
    subprocess.run(
        argv, input="\n".join(texts).encode(), check=True, capture_output=True, timeout=PATIENCE
    )

"""Databases to compare, and hands on them that are not the source's."""

from __future__ import annotations

import contextlib
import getpass
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import psycopg
import pymysql
import pytest

from migrations_app.domain.parity.progress import Progress, Stage
from migrations_app.practice.ports import HOST, free_port
from migrations_app.sources.parity.config import ParityConfig
from migrations_app.sources.parity.visit import visit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrations_app.domain.parity.progress import Found

SECRET = "OPEN-SESAME-PARITY"
PATIENCE = 60.0  # seconds; only a hung machine takes longer
MARIADBD = shutil.which("mariadbd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
SHARE = Path("/usr/share/mysql")
NEEDS_MARIADB = [
    pytest.mark.real("mariadb"),
    pytest.mark.skipif(
        MARIADBD is None,
        reason="NOT PROVEN with a real MySQL or MariaDB: none on PATH (apt install mariadb-server)",
    ),
]


class Hand(Protocol):
    """Owns a database."""

    def do(self, sql: str, rows: Sequence[Sequence[object]] | None = None) -> None: ...
    def binding(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class PostgresHand:
    host: str
    port: int
    database: str
    user: str
    password: str
    reader: str

    @property
    def url(self) -> str:
        """For its owner."""
        where = f"{self.host}:{self.port}/{self.database}"
        return f"postgresql://{self.user}:{self.password}@{where}"

    def do(self, sql: str, rows: Sequence[Sequence[object]] | None = None) -> None:
        with psycopg.connect(host=self.host, port=self.port, dbname=self.database, user=self.user,
                             password=self.password, autocommit=True) as connection:  # fmt: skip
            if rows is None:
                connection.execute(sql.encode())
            else:
                connection.cursor().executemany(sql.encode(), rows)

    def binding(self) -> dict[str, Any]:
        return {
            "kind": "postgresql", "host": self.host, "port": self.port, "tls": "off",
            "database": self.database, "user": self.reader, "password": SECRET,
        }  # fmt: skip


@contextmanager
def postgres_pair(owner: dict[str, Any]) -> Iterator[tuple[PostgresHand, PostgresHand]]:
    """Two databases in a cluster of which `owner` (as Django's settings name it) is master."""
    reader = f"parity_{secrets.token_hex(4)}"
    house = PostgresHand(owner["HOST"], int(owner["PORT"] or 5432), "postgres", owner["USER"],
                         owner["PASSWORD"], reader)  # fmt: skip
    blue, green = (replace(house, database=f"{reader}_{side}") for side in ("blue", "green"))
    house.do(f"CREATE ROLE {reader} LOGIN PASSWORD '{SECRET}'")
    try:
        for hand in (blue, green):
            house.do(f"CREATE DATABASE {hand.database}")
            hand.do(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {reader}")
        yield blue, green
    finally:
        for hand in (blue, green):
            house.do(f"DROP DATABASE IF EXISTS {hand.database} WITH (FORCE)")
        house.do(f"DROP ROLE IF EXISTS {reader}")


@dataclass(frozen=True, slots=True)
class MariaHand:
    port: int
    database: str = "orders"

    def do(self, sql: str, rows: Sequence[Sequence[object]] | None = None) -> None:
        with contextlib.closing(self._open()) as connection, connection.cursor() as cursor:
            if rows is None:
                cursor.execute(sql)
            else:
                cursor.executemany(sql, rows)

    def _open(self) -> Any:
        return pymysql.connect(
            host=HOST, port=self.port, user="owner", password="owner", charset="utf8mb4",
            database=self.database, autocommit=True,
        )  # fmt: skip

    def binding(self) -> dict[str, Any]:
        return {
            "kind": "mysql", "host": HOST, "port": self.port, "tls": "off",
            "database": self.database, "user": "reader", "password": SECRET,
        }  # fmt: skip


@contextmanager
def mariadb() -> Iterator[MariaHand]:
    """A MariaDB of our own, on a free port, gone afterwards with everything in it."""
    assert MARIADBD
    directory = Path(tempfile.mkdtemp(prefix="warroom-maria-"))
    start = directory / "start.sql"
    start.write_text(
        "CREATE DATABASE orders CHARACTER SET utf8mb4;\n"
        "CREATE USER owner@'%' IDENTIFIED BY 'owner';\n"
        "GRANT ALL ON *.* TO owner@'%';\n"
        f"CREATE USER reader@'%' IDENTIFIED BY '{SECRET}';\n"
        "GRANT SELECT ON orders.* TO reader@'%';\n"
    )
    data, port = directory / "data", free_port()
    server = [MARIADBD, "--no-defaults", f"--user={getpass.getuser()}", f"--datadir={data}"]
    _install(server, data)
    process = subprocess.Popen(
        [*server, f"--port={port}", f"--bind-address={HOST}", f"--socket={directory / 's'}",
         f"--init-file={start}", "--innodb-flush-log-at-trx-commit=0", "--skip-name-resolve",
         "--skip-log-bin"],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    hand = MariaHand(port)
    try:
        _until_it_answers(hand, process)
        yield hand
    finally:
        process.kill()
        process.wait(PATIENCE)
        shutil.rmtree(directory, ignore_errors=True)


def _install(server: list[str], data: Path) -> None:
    """The server's own tables, made by the server alone: the usual script needs more packages."""
    data.mkdir()
    names = ("mysql_system_tables", "mysql_performance_tables", "mysql_system_tables_data")
    parts = [(SHARE / f"{name}.sql").read_text() for name in names]
    script = "\n".join(["CREATE DATABASE mysql;", "USE mysql;", *parts])
    done = subprocess.run([*server, "--bootstrap", "--innodb-flush-log-at-trx-commit=0"],
                          input=script, text=True, capture_output=True, timeout=PATIENCE,
                          check=False)  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]


def _until_it_answers(hand: MariaHand, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return hand.do("SELECT 1")
        except pymysql.MySQLError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def config(blue: Hand, green: Hand, *tables: str, **changes: Any) -> ParityConfig:
    return ParityConfig.model_validate(settings(blue, green, *tables, **changes))


def settings(blue: Hand, green: Hand, *tables: str, **changes: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "blue": blue.binding(), "green": green.binding(), "timeout": "20s", "settle": "1s",
        "tables": {name: {} for name in tables or ("orders",)},
    }  # fmt: skip
    return data | changes


def compared(made: ParityConfig, table: str = "orders") -> tuple[Progress, list[Found]]:
    """A whole comparison, without waiting for anything."""
    known = Progress()
    found: list[Found] = []
    with visit(made) as open_:
        while known.stage is not Stage.DONE:
            done = open_.step(table, known)
            # As it would be taken up again by somebody else.
            known = Progress.from_json(done.progress.as_json())
            found += done.found
    return known, found

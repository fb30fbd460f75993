"""Databases to compare, and hands on them that are not the source's."""

from __future__ import annotations

import secrets
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

import psycopg

from migrations_app.domain.parity.progress import Progress, Stage
from migrations_app.practice.ports import HOST
from migrations_app.sources.parity.config import ParityConfig
from migrations_app.sources.parity.visit import visit
from tests import real_mariadb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrations_app.domain.parity.progress import Found

SECRET = "OPEN-SESAME-PARITY"


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
    server: real_mariadb.MariaDB

    def do(self, sql: str, rows: Sequence[Sequence[object]] | None = None) -> None:
        keys = {"database": real_mariadb.DATABASE, "charset": "utf8mb4"}
        with closing(self.server.connect(**keys)) as connection, connection.cursor() as cursor:
            if rows is None:
                cursor.execute(sql)
            else:
                cursor.executemany(sql, rows)

    def binding(self) -> dict[str, Any]:
        """As a role that may only read."""
        return {
            "kind": "mysql", "host": HOST, "port": self.server.port, "tls": "off",
            "database": real_mariadb.DATABASE, "user": real_mariadb.READER,
            "password": real_mariadb.SECRET,
        }  # fmt: skip


@contextmanager
def mariadb() -> Iterator[MariaHand]:
    """One of our own, gone afterwards with everything in it."""
    with real_mariadb.mariadb() as (server,):
        yield MariaHand(server)


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

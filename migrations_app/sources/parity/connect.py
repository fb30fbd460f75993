"""Connections that can only read, give up in time, and tell nobody a password."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, Protocol

import psycopg

from migrations_app.domain.errors import Permanent, SeamError, Transient
from migrations_app.wire.answer import clean

try:
    import pymysql
    import pymysql.constants.ER as mysql_errors
except ImportError:  # the extra `mysql` is not installed: a binding that needs it says so
    pymysql = None

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrations_app.sources.parity.config import Database

_GRACE_S: Final = 2.0
"""What our own patience is longer than that of the database."""

_FOR_GOOD: Final = frozenset({"28", "3D", "42"})  # not let in, no such database, refused as written


class Connection(Protocol):
    """One side, while it is read."""

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        """All rows of one statement."""
        ...

    def begin(self) -> None:
        """From now on everything is seen as of one moment, until `end`."""
        ...

    def end(self) -> None: ...

    def close(self) -> None: ...


def connect(database: Database, timeout_s: float) -> Connection:
    """Raises `Transient` where nobody answers in time, `Permanent` where we are not let in."""
    if database.kind == "postgresql":
        return _Postgres(database, timeout_s)
    return _Mysql(database, timeout_s)


class _Postgres:
    def __init__(self, database: Database, timeout_s: float) -> None:
        self._place, self._timeout_s = database.place, timeout_s
        tls = {"verify": "verify-full", "require": "require", "off": "disable"}[database.tls]
        root = str(database.ca_file or "system") if database.tls == "verify" else ""
        with self._told():
            self._connection = psycopg.connect(
                host=database.host, port=database.at, dbname=database.database,
                user=database.user, password=database.password.get_secret_value(),
                sslmode=tls, sslrootcert=root, connect_timeout=max(2, round(timeout_s)),
                application_name="warroom parity", prepare_threshold=None,
                tcp_user_timeout=round(timeout_s * 1000), client_encoding="UTF8",
            )  # fmt: skip
        self._connection.read_only = True
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        with self._told(), self._bounded(), self._connection.cursor() as cursor:
            cursor.execute(sql, list(values))
            return cursor.fetchall()

    def begin(self) -> None:
        """The limits are of this transaction alone: a pooler may hand the session to others."""
        limit = f"{round(self._timeout_s * 1000)}ms"
        wanted = {"statement_timeout": limit, "lock_timeout": "1s", "TimeZone": "UTC",
                  "DateStyle": "ISO", "IntervalStyle": "iso_8601", "bytea_output": "hex",
                  "extra_float_digits": "1"}  # fmt: skip
        parts = ", ".join("set_config(%s, %s, true)" for _ in wanted)
        self.ask(f"SELECT {parts}", [word for pair in wanted.items() for word in pair])

    def end(self) -> None:
        with self._told(), self._bounded():
            self._connection.rollback()

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _bounded(self) -> Iterator[None]:
        """A server that is stopped keeps a socket open for ever; we hang up."""
        line = socket.socket(fileno=socket.dup(self._connection.fileno()))
        watch = threading.Timer(self._timeout_s + _GRACE_S, _hang_up, (line,))
        watch.daemon = True
        watch.start()
        try:
            yield
        finally:
            watch.cancel()
            line.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            said = clean(str(error.diag.message_primary or error).split("\n")[0], 160)
            if (error.sqlstate or "")[:2] in _FOR_GOOD:
                raise Permanent(f"{self._place} refuses: {said}") from None
            raise _silent(self._place, said) from None


def _hang_up(line: socket.socket) -> None:
    line.shutdown(socket.SHUT_RDWR)


class _Mysql:
    def __init__(self, database: Database, timeout_s: float) -> None:
        if pymysql is None:
            raise Permanent("MySQL can't be read here: install warroom[mysql].")
        self._place, self._timeout_s = database.place, timeout_s
        with self._told():
            context = _context(database)
            self._connection: Any = pymysql.connect(
                host=database.host, port=database.at, database=database.database,
                user=database.user, password=database.password.get_secret_value(),
                charset="utf8mb4", autocommit=True, connect_timeout=max(1, round(timeout_s)),
                read_timeout=timeout_s + _GRACE_S, write_timeout=timeout_s + _GRACE_S,
                program_name="warroom parity", ssl=context, ssl_disabled=context is None,
            )  # fmt: skip
            self._protected(context)
            self._limit()

    def _protected(self, context: ssl.SSLContext | None) -> None:
        """The library goes on in plain text where a server, or whoever poses as one, offers no
        TLS."""
        wrapped = isinstance(self._connection._sock, ssl.SSLSocket)  # noqa: SLF001 (nothing else tells)
        if context is not None and not wrapped:
            self.close()
            raise Permanent(f"{self._place} speaks no TLS, and tls asks for it")

    def _limit(self) -> None:
        """MySQL and MariaDB bound a statement each in its own way."""
        maria = "mariadb" in str(self._connection.get_server_info()).lower()
        span = f"max_statement_time = {self._timeout_s:.3f}" if maria else (
            f"max_execution_time = {round(self._timeout_s * 1000)}"
        )  # fmt: skip
        self._run(f"SET SESSION {span}, time_zone = '+00:00', sql_mode = '', "
                  "lock_wait_timeout = 1")  # fmt: skip
        self._run("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        self._run("SET SESSION TRANSACTION READ ONLY")

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        with self._told(), self._connection.cursor() as cursor:
            cursor.execute(sql, tuple(values))
            return list(cursor.fetchall())

    def begin(self) -> None:
        with self._told():
            self._run("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")

    def end(self) -> None:
        with self._told():
            self._run("ROLLBACK")

    def close(self) -> None:
        self._connection._force_close()  # noqa: SLF001 (its close() talks to the server first)

    def _run(self, sql: str) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(sql)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except pymysql.err.MySQLError as error:
            number, *words = error.args or (0,)
            said = clean(str(words[0]) if words else str(number), 160)
            if number in _mysql_for_good():
                raise Permanent(f"{self._place} refuses: {said}") from None
            raise _silent(self._place, said) from None
        except (OSError, ValueError, RuntimeError) as error:
            raise _silent(self._place, clean(str(error), 160)) from None


def _mysql_for_good() -> frozenset[int]:
    known = mysql_errors
    return frozenset({
        known.ACCESS_DENIED_ERROR, known.DBACCESS_DENIED_ERROR, known.BAD_DB_ERROR,
        known.TABLEACCESS_DENIED_ERROR, known.COLUMNACCESS_DENIED_ERROR, known.NO_SUCH_TABLE,
        known.BAD_FIELD_ERROR, known.PARSE_ERROR,
    })  # fmt: skip


def _context(database: Database) -> ssl.SSLContext | None:
    """What TLS has to prove; None where there is none."""
    if database.tls == "off":
        return None
    context = ssl.create_default_context(cafile=database.ca_file)
    if database.tls == "require":
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _silent(place: str, said: str) -> SeamError:
    return Transient(f"{place} does not answer: {said}")

"""One session with a MySQL or MariaDB: a question in a read-only transaction that is always undone.

The question stands inside `SELECT * FROM (…) LIMIT 2`, so it can only be a query, and sends two
rows at most; the protocol is told to take one statement at a time.
"""

from __future__ import annotations

import socket
from contextlib import closing, contextmanager, suppress
from math import ceil
from typing import TYPE_CHECKING, Any, Final, NamedTuple

try:
    import pymysql
except ImportError:  # the extra `mysql` is not installed: the source says so
    pymysql = None

from migrations_app.domain.reading import Outcome
from migrations_app.sources.mysql import replica
from migrations_app.sources.mysql.errors import loses_the_session, number_and_words, why
from migrations_app.sources.sql.pool import Lost
from migrations_app.sources.value import Blame, NoValue, number, unfit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Sequence

    from migrations_app.sources.mysql.config import MySQLConfig
    from migrations_app.sources.sql.ready import Statement
    from migrations_app.sources.value import Value

INSTALLED: Final = pymysql is not None
_GRACE: Final = 0.5  # seconds that we wait longer than we allow the server
_CANCEL: Final = 1
_SYNTAX: Final = 1064
_SHOWN: Final = "SHOW "
_UNSAFE: Final = NoValue(
    Outcome.ERROR, "the server speaks no TLS, and ssl_mode asks for it", Blame.SETUP
)


class Rights(NamedTuple):
    """What a login is and may do, in the server's own words."""

    version: str
    role: str
    grants: Sequence[str]


class MySession:
    """One connection."""

    def __init__(self, config: MySQLConfig, tls: ssl.SSLContext | None, seconds: float) -> None:
        """Raises `Lost` when there can't be one."""
        self._keys = _keys(config, tls)
        try:
            self._connection: Any = pymysql.connect(
                **self._keys, connect_timeout=max(1, ceil(seconds)), read_timeout=seconds + _GRACE
            )
            self._maria = "mariadb" in str(self._connection.get_server_info()).lower()
            self._protected = tls is None or bool(self._rows("SHOW STATUS LIKE 'Ssl_cipher'")[0][1])
        except (pymysql.MySQLError, OSError) as error:
            raise Lost(why(error)) from None
        if not self._protected:
            self.close()
            raise Lost(_UNSAFE)

    def value(self, statement: Statement, seconds: float) -> Value:
        """The one number of the one row."""
        shown = statement.text.startswith(_SHOWN)
        text = statement.text if shown else _inside(statement.text)
        return self._guarded(lambda: self._value(text, statement, shown=shown), seconds)

    def replica(self, read: Callable[[replica.Row], Value], channel: str, seconds: float) -> Value:
        """What `read` makes of the status of replication."""

        def found() -> Value:
            row = replica.the_one(*self._replica_status(), channel)
            return row if isinstance(row, NoValue) else read(row)

        return self._guarded(found, seconds)

    def rights(self, seconds: float) -> Rights:
        """Who we are there. Raises `Lost` where it won't say."""
        try:
            with self._asking(seconds):
                [(version, role)] = self._rows("SELECT version(), current_user()")
                grants = [str(row[0]) for row in self._rows("SHOW GRANTS")]
                return Rights(str(version), str(role), grants)
        except (pymysql.MySQLError, OSError) as error:
            raise Lost(why(error)) from None

    def cancel(self) -> None:
        """Closing a connection alone would leave the question running there."""
        with (
            suppress(pymysql.MySQLError, OSError),
            closing(pymysql.connect(**self._keys, **dict.fromkeys(_PATIENCE, _CANCEL))) as other,
            other.cursor() as cursor,
        ):
            cursor.execute("KILL QUERY %s", [self._connection.thread_id()])
        with suppress(OSError, AttributeError):
            self._connection._sock.shutdown(socket.SHUT_RDWR)  # noqa: SLF001 (it offers no other)

    def close(self) -> None:
        with suppress(pymysql.MySQLError, OSError):
            self._connection.close()

    def _guarded(self, ask: Callable[[], Value], seconds: float) -> Value:
        try:
            with self._asking(seconds):
                return ask()
        except (pymysql.MySQLError, OSError) as error:
            if loses_the_session(error):
                raise Lost(why(error)) from None
            return why(error)

    @contextmanager
    def _asking(self, seconds: float) -> Iterator[None]:
        """A transaction that changes nothing and ends by itself."""
        limit = (
            f"max_statement_time = {seconds:.3f}"
            if self._maria
            else f"max_execution_time = {max(1, int(seconds * 1000))}"
        )
        self._rows(f"SET SESSION {limit}, lock_wait_timeout = {max(1, ceil(seconds))}")
        self._rows("START TRANSACTION READ ONLY")
        try:
            yield
        finally:
            with suppress(pymysql.MySQLError, OSError):
                self._connection.rollback()

    def _value(self, text: str, statement: Statement, *, shown: bool) -> Value:
        with self._connection.cursor() as cursor:
            cursor.execute(text, statement.args or None)
            columns = len(cursor.description or ())
            rows = cursor.fetchmany(2)
        if shown:
            return _one([row[1:] for row in rows], statement.nothing)
        if columns != 1:
            return unfit(f"it gives {columns} columns; select exactly one")
        return _one(rows, statement.nothing)

    def _replica_status(self) -> tuple[list[str], Sequence[Sequence[object]]]:
        try:
            return self._shown("SHOW ALL SLAVES STATUS" if self._maria else "SHOW REPLICA STATUS")
        except pymysql.MySQLError as error:  # before MySQL 8.0.22
            if number_and_words(error)[0] != _SYNTAX:
                raise
            return self._shown("SHOW SLAVE STATUS")

    def _shown(self, text: str) -> tuple[list[str], Sequence[Sequence[object]]]:
        with self._connection.cursor() as cursor:
            cursor.execute(text)
            return [column[0] for column in cursor.description or ()], cursor.fetchall()

    def _rows(self, text: str) -> Sequence[Sequence[object]]:
        with self._connection.cursor() as cursor:
            cursor.execute(text)
            rows: Sequence[Sequence[object]] = cursor.fetchall()
            return rows


_PATIENCE: Final = ("connect_timeout", "read_timeout", "write_timeout")


def _keys(config: MySQLConfig, tls: ssl.SSLContext | None) -> dict[str, Any]:
    socket_or_host = "unix_socket" if config.host.startswith("/") else "host"
    return {
        socket_or_host: config.host,
        "port": config.port,
        "user": config.user,
        "password": config.password.get_secret_value() if config.password else "",
        "database": config.database,
        "charset": "utf8mb4",
        "autocommit": True,
        "local_infile": False,
        "program_name": "warroom",
        **({"ssl_disabled": True} if tls is None else {"ssl": tls}),
    }


def _inside(text: str) -> str:
    """On lines of its own, so that a comment at its end ends there."""
    return f"SELECT * FROM (\n{text.strip().rstrip(';')}\n) AS answer LIMIT 2"  # noqa: S608


def _one(rows: Sequence[Sequence[object]], nothing: str) -> Value:
    if len(rows) > 1:
        return NoValue(Outcome.MANY_SERIES, "several rows; aggregate them to one")
    if not rows or rows[0][0] is None:
        reason = nothing or ("the answer is NULL" if rows else "there is no row")
        return NoValue(Outcome.EMPTY, f"{reason}; that is not zero")
    return number(rows[0][0])

"""One session with a PostgreSQL: a question in a read-only transaction that is always undone.

The question is declared as a cursor over the extended protocol. So the server itself refuses two
statements in one, everything that is not a SELECT, and every write; tells the kind of the answer
before any row is sent; and sends two rows at most.
"""

from __future__ import annotations

import os
import socket
from contextlib import contextmanager, suppress
from math import ceil
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg import sql

from migrations_app.domain.reading import Outcome
from migrations_app.sources.postgresql.rights import RIGHTS, Rights
from migrations_app.sources.sql.pool import Lost
from migrations_app.sources.value import Blame, NoValue, number, unfit
from migrations_app.wire.answer import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg import Connection

    from migrations_app.sources.postgresql.config import PostgreSQLConfig
    from migrations_app.sources.sql.ready import Statement
    from migrations_app.sources.value import Value

_CANCEL: Final = 0.5  # seconds for the server to take a cancel request; then we hang up
# bool, int8, int2, int4, oid, float4, float8, numeric. No interval: Python knows no infinite one,
# and psycopg makes zero of it.
_NUMBERS: Final = frozenset({16, 20, 21, 23, 26, 700, 701, 1700})
_BEGIN: Final = sql.SQL(
    "BEGIN READ ONLY; SET LOCAL statement_timeout = {0}; SET LOCAL lock_timeout = {0}; "
    "SET LOCAL idle_in_transaction_session_timeout = {0}"
)
# By the first letters of the error's code. What is not here may work the next time.
_BLAME: Final = {
    "0A": Blame.QUERY,  # not supported
    "25006": Blame.QUERY,  # a write
    "28": Blame.SETUP,  # who are you?
    "3D": Blame.SETUP,  # no such database
    "42501": Blame.SETUP,  # not allowed
    "42": Blame.QUERY,  # syntax, unknown names
}


class PgSession:
    """One connection."""

    def __init__(self, config: PostgreSQLConfig, seconds: float) -> None:
        """Raises `Lost` when there can't be one."""
        try:
            self._connection: Connection[Any] = psycopg.connect(
                **_parameters(config),
                connect_timeout=max(2, ceil(seconds)),
                autocommit=True,
                prepare_threshold=None,  # a pooler may hand the session to others
            )
        except psycopg.Error as error:
            raise Lost(_why(error)) from None

    def value(self, statement: Statement, seconds: float) -> Value:
        """The one number of the one row."""
        with self._asking(seconds), self._connection.cursor("answer") as cursor:
            try:
                cursor.execute(statement.text.encode(), statement.args or None)
                if wrong := _shape([column.type_code for column in cursor.description or ()]):
                    return wrong
                return _one(cursor.fetchmany(2), statement.nothing)
            except psycopg.Error as error:
                return self._explained(error)

    def rights(self, seconds: float) -> Rights:
        """Who we are there. Raises `Lost` where it won't say."""
        with self._asking(seconds):
            found = self._connection.execute(RIGHTS).fetchone()
        return Rights(*found or ())

    def cancel(self) -> None:
        with suppress(psycopg.Error, OSError):
            self._connection.cancel_safe(timeout=_CANCEL)
        with (
            suppress(psycopg.Error, OSError),
            socket.socket(fileno=os.dup(self._connection.fileno())) as ours,
        ):
            ours.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _asking(self, seconds: float) -> Iterator[None]:
        """A transaction that changes nothing and ends by itself."""
        limit = sql.Literal(f"{max(1, int(seconds * 1000))}ms")
        try:
            self._connection.execute(_BEGIN.format(limit))
            try:
                yield
            finally:
                with suppress(psycopg.Error):
                    self._connection.execute("ROLLBACK")
        except psycopg.Error as error:
            raise Lost(_why(error)) from None
        if self._connection.closed:
            raise Lost(NoValue(Outcome.ERROR, "the session ended"))

    def _explained(self, error: psycopg.Error) -> NoValue:
        if self._connection.closed:
            raise Lost(_why(error)) from None
        return _why(error)


def _parameters(config: PostgreSQLConfig) -> dict[str, Any]:
    password = config.password.get_secret_value() if config.password else None
    given = {
        "host": config.host,
        "port": config.port,
        "dbname": config.database,
        "user": config.user,
        "password": password,
        "sslmode": config.sslmode.value,
        "sslrootcert": config.ca_file and str(config.ca_file),
        "sslcert": config.client_cert and str(config.client_cert),
        "sslkey": config.client_key and str(config.client_key),
        "application_name": "warroom",
        "client_encoding": "UTF8",
        "gssencmode": "disable",
        "options": "",  # not those of our environment
    }
    return {key: value for key, value in given.items() if value is not None}


def _shape(kinds: Sequence[int]) -> NoValue | None:
    """What the columns alone say against an answer."""
    if len(kinds) != 1:
        return unfit(f"it gives {len(kinds)} columns; select exactly one")
    if kinds[0] not in _NUMBERS:
        return unfit(
            "its column is no number; cast it (::float8), count it, or take "
            "extract(epoch from …) of a time or an interval"
        )
    return None


def _one(rows: Sequence[Sequence[object]], nothing: str) -> Value:
    if len(rows) > 1:
        return NoValue(Outcome.MANY_SERIES, "several rows; aggregate them to one")
    if not rows or rows[0][0] is None:
        why = nothing or ("the answer is NULL" if rows else "there is no row")
        return NoValue(Outcome.EMPTY, f"{why}; that is not zero")
    return number(rows[0][0])


def _why(error: psycopg.Error) -> NoValue:
    code = error.sqlstate or ""
    outcome = Outcome.TIMEOUT if code in {"57014", "55P03"} else Outcome.ERROR
    words = error.diag.message_primary or str(error)
    blame = next((_BLAME[key] for key in (code, code[:2]) if key in _BLAME), Blame.MOMENT)
    return NoValue(outcome, f"PostgreSQL: {clean(words)}", blame)

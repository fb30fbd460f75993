"""The one database for every test: a real PostgreSQL, beside a real Redis-compatible server."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import settings as hypothesis_settings

from tests.plugin import OWN_SERVERS

if TYPE_CHECKING:
    from collections.abc import Iterator


# How long an example takes says nothing on a shared machine.
hypothesis_settings.register_profile("warroom", deadline=None)
hypothesis_settings.load_profile("warroom")


def pytest_configure() -> None:
    """Two things that are right elsewhere and wrong for tests.

    A shell starts what it puts into the background with SIGINT ignored, and every child inherits
    that. A password costs half a second to hash.
    """
    from django.conf import settings

    signal.signal(signal.SIGINT, signal.default_int_handler)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> Iterator[None]:
    """A PostgreSQL and a Valkey of our own, on free ports, gone at the end of the session."""
    _let_tests_empty_what_is_append_only()
    if not OWN_SERVERS:
        yield
        return
    from tests.servers import postgres_and_valkey

    with postgres_and_valkey() as servers:
        _use(servers.postgres_url, servers.redis_url)
        yield


def _use(postgres_url: str, redis_url: str) -> None:
    from django.conf import settings
    from django.db import connections

    from warroom import celery_app

    parts = urlsplit(postgres_url)
    connections.settings["default"].update(
        HOST=parts.hostname,
        PORT=str(parts.port),
        USER=unquote(parts.username or ""),
        PASSWORD=unquote(parts.password or ""),
    )
    os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = postgres_url, redis_url
    settings.WARROOM_REDIS_URL = redis_url
    celery_app.conf.broker_url = redis_url


def _let_tests_empty_what_is_append_only() -> None:
    """Between tests tables are truncated, which the timeline's triggers refuse to everybody but a
    superuser who switches triggers off: the one hole that `verify` exists for.

    A web process that a test started reads by itself now and then. Where its reading and the
    emptying wait for one another, PostgreSQL ends one of them; that one is begun again.
    """
    from django.db import OperationalError
    from django.db.backends.postgresql.operations import DatabaseOperations
    from psycopg.errors import DeadlockDetected

    flush = DatabaseOperations.execute_sql_flush

    def without_triggers(self: DatabaseOperations, statements: list[str]) -> None:
        off = "SET LOCAL session_replication_role = replica"
        for again in (True, True, False):
            try:
                return flush(self, [off, *statements])
            except OperationalError as error:
                if not (again and isinstance(error.__cause__, DeadlockDetected)):
                    raise
        return None

    DatabaseOperations.execute_sql_flush = without_triggers  # type: ignore[assignment, method-assign]  # tests only

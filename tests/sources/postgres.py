"""Open a source at a real cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.sources.postgresql.config import PostgreSQLConfig
from migrations_app.sources.postgresql.source import PostgreSQLSource
from tests.real_postgres import DATABASE, READER, SECRET
from tests.sources.build import LONG

if TYPE_CHECKING:
    from tests.real_postgres import Cluster


def postgresql(cluster: Cluster, timeout: float = LONG, **more: object) -> PostgreSQLSource:
    """As the role that may only read, unless said otherwise."""
    keys = {
        "host": "127.0.0.1",
        "port": cluster.port,
        "database": DATABASE,
        "user": READER,
        "password": SECRET,
        "sslmode": "disable",
        "timeout": timeout,
        **more,
    }
    return PostgreSQLSource(PostgreSQLConfig.model_validate(keys))

"""The contract of sources, at a real PostgreSQL behind a cable that can be cut."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest

from migrations_app.domain.reading import Outcome
from migrations_app.sources.postgresql.config import PostgreSQLConfig
from migrations_app.sources.postgresql.source import PostgreSQLSource
from tests.browser.cable import Cable
from tests.real_postgres import DATABASE, READER, SECRET, Cluster, one_cluster
from tests.sources.build import LONG
from tests.sources.contract import PresentContract

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class PostgreSQLBench:
    """A table with a price that somebody else changes."""

    secrets = (SECRET,)
    at = datetime.now(UTC)
    moving = "SELECT sum(price) FROM item"
    refused = "SELECT 1; DROP TABLE item"
    never: Mapping[Outcome, str] = {}
    answers: Final[Mapping[Outcome, str]] = {
        Outcome.OK: "SELECT count(*) FROM item",
        Outcome.EMPTY: "SELECT price FROM item WHERE id = 0",
        Outcome.MANY_SERIES: "SELECT generate_series(1, 1000000)",
        Outcome.NOT_FINITE: "SELECT 'NaN'::numeric",
        Outcome.ERROR: "SELECT 1 / 0",
    }

    def __init__(self, cluster: Cluster, cable: Cable) -> None:
        self._cluster, self._cable = cluster, cable
        self._price = 1
        cluster.do("INSERT INTO item VALUES (1, 1)")

    def move(self) -> None:
        self._price += 1
        self._cluster.ask("UPDATE item SET price = %s WHERE id = 1 RETURNING 1", self._price)

    def moved(self, _at: datetime) -> float:
        return float(self._price)

    def config(self, timeout: float = LONG) -> PostgreSQLConfig:
        return PostgreSQLConfig.model_validate(
            {
                "host": "127.0.0.1",
                "port": urlsplit(self._cable.url).port,
                "database": DATABASE,
                "user": READER,
                "password": SECRET,
                "sslmode": "disable",
                "timeout": timeout,
            }
        )

    def open(self, timeout: float = LONG) -> PostgreSQLSource:
        return PostgreSQLSource(self.config(timeout))

    @contextmanager
    def silent(self) -> Iterator[None]:
        self._cable.cut()
        try:
            yield
        finally:
            self._cable.mend()


class TestPostgreSQLAtARealOne(PresentContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[PostgreSQLBench]:
        with one_cluster() as cluster, closing(Cable(cluster.port)) as cable:
            yield PostgreSQLBench(cluster, cable)

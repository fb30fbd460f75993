"""The contract of sources, at a real MariaDB behind a cable that can be cut."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest

from migrations_app.domain.reading import Outcome
from migrations_app.sources.mysql.config import MySQLConfig
from migrations_app.sources.mysql.source import MySQLSource
from tests.browser.cable import Cable
from tests.real_mariadb import DATABASE, NEEDED, READER, SECRET, MariaDB, mariadb
from tests.sources.build import LONG
from tests.sources.contract import PresentContract

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class MySQLBench:
    """A table with a price that somebody else changes."""

    secrets = (SECRET,)
    at = datetime.now(UTC)
    moving = "SELECT sum(price) FROM item"
    refused = "SELECT 1; DROP TABLE item"
    never: Final[Mapping[Outcome, str]] = {
        Outcome.NOT_FINITE: "it knows neither NaN nor infinity; what is too large is an error"
    }
    answers: Final[Mapping[Outcome, str]] = {
        Outcome.OK: "SELECT count(*) FROM item",
        Outcome.EMPTY: "SELECT price FROM item WHERE id = 0",
        Outcome.MANY_SERIES: "SELECT seq FROM seq_1_to_1000000",
        Outcome.ERROR: "SELECT exp(1000)",
    }

    def __init__(self, server: MariaDB, cable: Cable) -> None:
        self._server, self._cable = server, cable
        self._price = 1
        server.do("INSERT INTO item VALUES (1, 1)")

    def move(self) -> None:
        self._price += 1
        self._server.do("UPDATE item SET price = price + 1 WHERE id = 1")

    def moved(self, _at: datetime) -> float:
        return float(self._price)

    def config(self, timeout: float = LONG) -> MySQLConfig:
        return MySQLConfig.model_validate(
            {
                "host": "127.0.0.1",
                "port": urlsplit(self._cable.url).port,
                "database": DATABASE,
                "user": READER,
                "password": SECRET,
                "ssl_mode": "disabled",
                "timeout": timeout,
            }
        )

    def open(self, timeout: float = LONG) -> MySQLSource:
        return MySQLSource(self.config(timeout))

    @contextmanager
    def silent(self) -> Iterator[None]:
        self._cable.cut()
        try:
            yield
        finally:
            self._cable.mend()


class TestMySQLAtARealMariaDB(PresentContract):
    pytestmark = NEEDED

    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[MySQLBench]:
        with mariadb() as (server,), closing(Cable(server.port)) as cable:
            yield MySQLBench(server, cable)

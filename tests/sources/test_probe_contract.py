"""The contract of sources, at a real TLS server."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest

from migrations_app.domain.reading import Outcome
from migrations_app.sources.probe.config import ProbeConfig
from migrations_app.sources.probe.source import ProbeSource
from tests.sources.build import LONG
from tests.sources.certificates import Authority
from tests.sources.contract import PresentContract
from tests.sources.tls_door import Door

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

_ONE: Final = "a connection, a handshake and a certificate each have one number"


class ProbeBench:
    """A door whose certificate somebody renews."""

    secrets = ()
    at = datetime.now(UTC)
    moving = "cert_days(web)"
    refused = "cert_days(plain)"
    never: Final[Mapping[Outcome, str]] = {
        Outcome.EMPTY: _ONE,
        Outcome.MANY_SERIES: _ONE,
        Outcome.NOT_FINITE: _ONE,
    }
    answers: Final[Mapping[Outcome, str]] = {
        Outcome.OK: "cert_ok(web)",
        Outcome.ERROR: "tls_ms(plain)",
    }

    def __init__(self, authority: Authority, web: Door, plain: Door) -> None:
        self._authority, self._web, self._plain = authority, web, plain
        self._days = 9
        self.move()

    def move(self) -> None:
        self._days += 1
        self._web.context = self._authority.server("orders.example", self._days)

    def moved(self, _at: datetime) -> float:
        return float(self._days - 1)  # whole days, and the last has begun

    def config(self, timeout: float = LONG) -> ProbeConfig:
        targets = {
            "web": f"tls://127.0.0.1:{self._web.port}",
            "plain": f"tcp://127.0.0.1:{self._plain.port}",
        }
        return ProbeConfig.model_validate(
            {
                "targets": targets,
                "server_names": {"web": "orders.example"},
                "ca_file": str(self._authority.file),
                "timeout": timeout,
            }
        )

    def open(self, timeout: float = LONG) -> ProbeSource:
        return ProbeSource(self.config(timeout))

    def silent(self) -> AbstractContextManager[None]:
        return self._web.silent()


class TestProbeAtARealDoor(PresentContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ProbeBench]:
        authority = Authority(tmp_path_factory.mktemp("authority"))
        with closing(Door()) as web, closing(Door()) as plain:
            yield ProbeBench(authority, web, plain)

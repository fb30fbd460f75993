"""The places at which the contract is run."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol

from migrations_app.domain.reading import Outcome
from migrations_app.sources.fake.script import FaultKind
from migrations_app.sources.fake.source import FakeConfig, FakeSource
from migrations_app.sources.prometheus.config import PrometheusConfig
from migrations_app.sources.prometheus.source import PrometheusSource
from tests.practice.promql.past import BEGIN
from tests.sources.build import LONG, NOW

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

# The last is what Basic authentication makes of the first.
SECRETS: Final = ("OPEN-SESAME", "T0KEN-OF-MINE", "d2Fycm9vbTpPUEVOLVNFU0FNRQ")
_SECONDS: Final = 130
_FAULTS: Final = {
    Outcome.MANY_SERIES: FaultKind.MANY_SERIES,
    Outcome.NOT_FINITE: FaultKind.NAN,
    Outcome.WARNINGS: FaultKind.WARNINGS,
    Outcome.ERROR: FaultKind.GARBAGE,
}


class FakeBench:
    """A script with a new value every second."""

    secrets = SECRETS
    at = NOW
    never: Mapping[Outcome, str] = {}
    moving = "moving"
    refused = "refused"
    answers: Mapping[Outcome, str] = {
        Outcome.OK: "moving",
        Outcome.EMPTY: "nobody wrote this",
        **{outcome: outcome.value for outcome in _FAULTS},
    }

    def __init__(self, name: str, file: Path | None = None) -> None:
        self._name, self._file = name, file
        self._hand = self.open()
        for second in range(_SECONDS):
            since = self.at - timedelta(seconds=_SECONDS - 1 - second)
            self._hand.set(self.moving, float(second), since)
        self._break()

    def moved(self, at: datetime) -> float:
        return float(_SECONDS - 1 + (at - self.at) // timedelta(seconds=1))

    def config(self, timeout: float = LONG) -> FakeConfig:
        return FakeConfig(name=self._name, file=self._file, timeout=timedelta(seconds=timeout))

    def open(self, timeout: float = LONG) -> FakeSource:
        return FakeSource(self.config(timeout))

    @contextmanager
    def silent(self) -> Iterator[None]:
        self._hand.fail(FaultKind.HANG)
        try:
            yield
        finally:
            self._hand.heal()
            self._break()

    def _break(self) -> None:
        for outcome, kind in _FAULTS.items():
            self._hand.set(outcome.value, 1.0)
            self._hand.fail(kind, outcome.value)
        self._hand.fail(FaultKind.INVALID, self.refused)


class Place(Protocol):
    """A running server with Prometheus's API."""

    @property
    def url(self) -> str: ...
    def silent(self) -> AbstractContextManager[None]: ...


@dataclass(frozen=True)
class PrometheusBench:
    """Over HTTP, with every kind of secret we can send."""

    place: Place
    at: datetime
    moving: str
    refused: str
    answers: Mapping[Outcome, str]
    never: Mapping[Outcome, str] = field(default_factory=dict)
    secrets = SECRETS

    def moved(self, at: datetime) -> float:
        """The time itself, as exactly as we say it."""
        return round(at.timestamp(), 3)

    def config(self, timeout: float = LONG) -> PrometheusConfig:
        return PrometheusConfig.model_validate(
            {
                "url": self.place.url,
                "auth": {"basic": {"username": "warroom", "password": SECRETS[0]}},
                "headers": {"X-Extra": SECRETS[1]},
                "tenant": "orders",
                "timeout": timeout,
                "history_timeout": timeout,
            }
        )

    def open(self, timeout: float = LONG) -> PrometheusSource:
        return PrometheusSource(self.config(timeout))

    def silent(self) -> AbstractContextManager[None]:
        return self.place.silent()


def misbehaving(place: Place) -> PrometheusBench:
    answers = {
        Outcome.OK: "value 0.25",
        Outcome.EMPTY: "empty",
        Outcome.MANY_SERIES: "many",
        Outcome.NOT_FINITE: "nan",
        Outcome.WARNINGS: "warned",
        Outcome.ERROR: "garbage",
    }
    return PrometheusBench(place, NOW, "moment", "invalid", answers)


def speaking_promql(place: Place) -> PrometheusBench:
    """Anything that holds the samples of `past`."""
    answers = {
        Outcome.OK: "sum(load)",
        Outcome.EMPTY: "no_such_metric",
        Outcome.MANY_SERIES: "load",
        Outcome.NOT_FINITE: "0 / 0",
        Outcome.ERROR: "sum(load",
    }
    at = datetime.fromtimestamp(BEGIN / 1000 + 300, UTC)
    return PrometheusBench(place, at, "time()", "sum(load", answers)

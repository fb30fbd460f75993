"""The contract of sources, at a small HTTP server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import pytest

from migrations_app.domain.reading import Outcome
from migrations_app.sources.http.config import HTTPConfig
from migrations_app.sources.http.source import HTTPSource
from tests.sources.build import LONG
from tests.sources.contract import PresentContract
from tests.sources.place import Asked, Place, Said, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager


class HTTPBench:
    """A page with numbers, one of which somebody moves."""

    secrets = ("T0KEN-OF-MINE",)
    at = datetime.now(UTC)
    moving = "json(/stats, /lag)"
    refused = "json(stats, /lag)"
    never: Mapping[Outcome, str] = {}
    answers: Final[Mapping[Outcome, str]] = {
        Outcome.OK: "json(/stats, /queue/0/depth)",
        Outcome.EMPTY: "json(/stats, /queue/1)",
        Outcome.MANY_SERIES: "json(/stats, /shards)",
        Outcome.NOT_FINITE: "json(/stats, /ratio)",
        Outcome.ERROR: "json(/nowhere, /lag)",
    }

    def __init__(self, place: Place) -> None:
        self._place = place
        self._lag = 1.0
        place.answer = self.say

    def say(self, asked: Asked) -> Said:
        if asked.headers.get("authorization") != f"Bearer {self.secrets[0]}":
            return Said(401, {"message": f"who is {asked.headers.get('authorization')}?"})
        if asked.path == "/":
            return Said(204)
        if asked.path != "/stats":
            return Said(404, {"message": f"not for {asked.headers['authorization']}"})
        stats = {"lag": self._lag, "queue": [{"depth": 3}], "shards": [1, 2]}
        return Said(200, {**stats, "ratio": float("nan")})

    def move(self) -> None:
        self._lag += 1

    def moved(self, _at: datetime) -> float:
        return self._lag

    def config(self, timeout: float = LONG) -> HTTPConfig:
        keys = {"url": self._place.url, "auth": {"bearer": self.secrets[0]}, "timeout": timeout}
        return HTTPConfig.model_validate(keys)

    def open(self, timeout: float = LONG) -> HTTPSource:
        return HTTPSource(self.config(timeout))

    def silent(self) -> AbstractContextManager[None]:
        return self._place.silent()


class TestHTTPAtASmallServer(PresentContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[HTTPBench]:
        with serving(lambda _: Said(500)) as place:
            yield HTTPBench(place)

"""The contract of sources through a fake of Grafana's proxy, before a Prometheus."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.reading import Outcome
from migrations_app.sources.grafana.config import GrafanaConfig
from migrations_app.sources.grafana.source import GrafanaSource
from tests.fakes.grafana import TOKEN, UID, Grafana
from tests.practice.promql.past import past, store_of
from tests.practice.promql.serving import serving as promql
from tests.sources.benches import speaking_promql
from tests.sources.build import LONG, NOW, read_one
from tests.sources.contract import PastContract
from tests.sources.place import Place, serving

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager


class GrafanaBench:
    """The practice range's own Prometheus, asked through the proxy."""

    secrets = (TOKEN,)

    def __init__(self, place: Place) -> None:
        self._place = place
        there = speaking_promql(place)
        self.at, self.moving, self.refused = there.at, there.moving, there.refused
        self.answers, self.never = there.answers, there.never
        self.moved = there.moved

    def config(self, timeout: float = LONG) -> GrafanaConfig:
        return _config(self._place.url, timeout=timeout, history_timeout=timeout)

    def open(self, timeout: float = LONG) -> GrafanaSource:
        return GrafanaSource(self.config(timeout))

    def silent(self) -> AbstractContextManager[None]:
        return self._place.silent()


def _config(url: str, **keys: object) -> GrafanaConfig:
    given = {"url": url, "datasource": UID, "token": TOKEN, "timeout": LONG}
    return GrafanaConfig.model_validate({**given, **keys})


class TestGrafanaAtAFakeProxy(PastContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[GrafanaBench]:
        with (
            promql(store_of(past())) as behind,
            closing(Grafana(behind.url)) as fake,
            serving(fake) as place,
        ):
            yield GrafanaBench(place)


@pytest.fixture
def place() -> Iterator[Place]:
    with closing(Grafana("http://127.0.0.1:1")) as fake, serving(fake) as place:
        yield place


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"token": "glsa_WRONG"}, "not logged in"),
        ({"datasource": "another"}, "no Prometheus API at this address"),
        ({"datasource": "forbidden"}, "may not read there"),
    ],
)
def test_a_refusal_says_what_to_do(place: Place, keys: dict[str, str], words: str) -> None:
    with closing(GrafanaSource(_config(place.url, **keys))) as source:
        reading = read_one(source, "up", NOW)
    assert reading.outcome is Outcome.ERROR
    assert words in reading.detail
    assert "glsa" not in reading.detail


def test_an_organisation_is_named() -> None:
    with (
        promql(store_of(past())) as behind,
        closing(Grafana(behind.url)) as fake,
        serving(fake) as place,
    ):
        for number in (None, 7):
            with closing(GrafanaSource(_config(place.url, organisation=number))) as source:
                assert read_one(source, "1 + 1", NOW).value == 2.0
        assert fake.organisations == [None, "7"]


@pytest.mark.parametrize(
    "keys", [{"datasource": "a/../b"}, {"datasource": ""}, {"token": "a\nb"}, {"organisation": 0}]
)
def test_a_configuration_is_held_to_its_word(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        _config("https://grafana.example", **keys)

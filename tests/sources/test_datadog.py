"""The contract of sources at a fake Datadog, and what is sent there."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.errors import Permanent
from migrations_app.domain.reading import Outcome, Query
from migrations_app.sources.datadog.config import DatadogConfig
from migrations_app.sources.datadog.source import DatadogSource
from tests.fakes.datadog import API_KEY, APP_KEY, Datadog
from tests.sources.build import LONG, NOW, read_one
from tests.sources.contract import PastContract
from tests.sources.place import Place, serving
from tests.sources.vendor import VendorBench

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = {"api_key": API_KEY, "app_key": APP_KEY}
ANSWERS = {
    Outcome.OK: "avg:value{*} over 10m",
    Outcome.EMPTY: "avg:nothing{*}",
    Outcome.MANY_SERIES: "avg:grouped{*} by {host}",
    Outcome.WARNINGS: "avg:doubt{*}",
    Outcome.ERROR: "avg:login{*}",
}
NEVER = {Outcome.NOT_FINITE: "its answers are JSON, where what is not finite is null"}


class TestDatadogAtAFake(PastContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[VendorBench]:
        with serving(Datadog()) as place:
            secrets, moving, wrong = (API_KEY, APP_KEY), "avg:moment{*}", "avg:value{*"
            yield VendorBench(place, DatadogSource, KEYS, secrets, ANSWERS, moving, wrong, NEVER)


@pytest.fixture
def datadog() -> Iterator[tuple[Datadog, Place]]:
    fake = Datadog()
    with serving(fake) as place:
        yield fake, place


@contextmanager
def _open(place: Place, **keys: object) -> Iterator[DatadogSource]:
    given = {**KEYS, "url": place.url, "timeout": LONG, "history_timeout": LONG, **keys}
    with closing(DatadogSource(DatadogConfig.model_validate(given))) as source:
        yield source


def test_a_query_is_asked_for_its_window_in_milliseconds(datadog: tuple[Datadog, Place]) -> None:
    fake, place = datadog
    with _open(place, delay="30s", aggregator="max") as source:
        reading = read_one(source, "avg:integer{*} over 10m")
    assert reading.value == 3.0
    assert reading.sampled_at == NOW - timedelta(seconds=30)
    [asked] = fake.asked
    assert asked["to"] == round(NOW.timestamp() * 1000) - 30_000
    assert asked["to"] - asked["from"] == 600_000
    assert asked["queries"][0]["aggregator"] == "max"


def test_a_formula_names_its_queries(datadog: tuple[Datadog, Place]) -> None:
    fake, place = datadog
    text = """
        100 * abs(errors) / hits
        errors = sum:trace.http.request.errors{service:orders}.as_count()
        hits = avg:trace.http.request.hits{service:orders}
    """
    with _open(place) as source:
        read_one(source, text)
    [asked] = fake.asked
    assert asked["formulas"] == [{"formula": "100 * abs(errors) / hits"}]
    assert [(one["name"], one["aggregator"]) for one in asked["queries"]] == [
        ("errors", "sum"),
        ("hits", "avg"),
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "write a query"),
        ("over 5m", "write a query"),
        ("avg:value{*} over five", "no span of time"),
        ("avg:value{*} over 31d", "from 1s to 30d"),
        ("a / b\na = avg:x{*}", "names b"),
        ("a / b\navg:x{*}", "name = query"),
    ],
)
def test_what_is_written_wrongly_is_never_sent(
    datadog: tuple[Datadog, Place], text: str, words: str
) -> None:
    fake, place = datadog
    with _open(place) as source:
        assert words in read_one(source, text).detail
        assert source.invalid(Query("check", text))
    assert fake.asked == []


def test_null_is_no_data(datadog: tuple[Datadog, Place]) -> None:
    with _open(datadog[1]) as source:
        reading = read_one(source, "avg:null{*}")
    assert reading.outcome is Outcome.EMPTY
    assert "not zero" in reading.detail


@pytest.mark.parametrize(
    ("keys", "words"),
    [({"api_key": "another"}, "site"), ({"app_key": "another"}, "timeseries_query")],
)
def test_keys_that_are_refused(
    datadog: tuple[Datadog, Place], keys: dict[str, str], words: str
) -> None:
    with _open(datadog[1], **keys) as source:
        reading = read_one(source, "avg:value{*}")
        assert any(not one.ok and words in one.sentence for one in source.check())
    assert reading.outcome is Outcome.ERROR
    assert API_KEY not in reading.detail


def test_a_limit_that_is_used_up_is_left_alone(datadog: tuple[Datadog, Place]) -> None:
    fake, place = datadog
    fake.limited = True
    with _open(place) as source:
        first = read_one(source, "avg:value{*}")
        heard = len(place.heard)
        second = read_one(source, "avg:value{*}")
    assert first.outcome is second.outcome is Outcome.ERROR
    assert "rate limit" in first.detail
    assert "we ask again in" in second.detail
    assert len(place.heard) == heard


def test_a_limit_that_names_no_time_is_asked_again(datadog: tuple[Datadog, Place]) -> None:
    fake, place = datadog
    fake.limited, fake.reset = True, "0"
    with _open(place) as source:
        assert read_one(source, "avg:value{*}").outcome is Outcome.ERROR
        fake.limited = False
        assert read_one(source, "avg:value{*}").outcome is Outcome.OK


def test_a_history_costs_no_more_than_it_may(datadog: tuple[Datadog, Place]) -> None:
    fake, place = datadog
    with _open(place, history_points=5) as source, pytest.raises(Permanent, match="longer step"):
        source.history(Query("c", "avg:value{*}"), NOW - timedelta(hours=1), NOW, timedelta(0, 60))
    assert fake.asked == []


def test_each_site_has_an_address_of_its_own() -> None:
    assert DatadogConfig.model_validate(KEYS).url == "https://api.datadoghq.com"
    eu = DatadogConfig.model_validate({**KEYS, "site": "datadoghq.eu"})
    assert eu.url == "https://api.datadoghq.eu"


@pytest.mark.parametrize(
    "keys",
    [{}, {"api_key": API_KEY}, {**KEYS, "site": "datadog.com"}, {**KEYS, "aggregator": "p95"}],
)
def test_a_configuration_is_held_to_its_word(keys: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        DatadogConfig.model_validate(keys)
    assert API_KEY not in str(caught.value)

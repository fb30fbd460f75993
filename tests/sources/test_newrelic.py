"""The contract of sources at a fake NerdGraph, and what is sent there."""

from __future__ import annotations

from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.reading import Outcome, Query
from migrations_app.sources.newrelic.config import NewRelicConfig
from migrations_app.sources.newrelic.source import NewRelicSource
from tests.fakes.newrelic import ACCOUNT, KEY, NewRelic
from tests.sources.build import LONG, NOW, read_one
from tests.sources.contract import PastContract
from tests.sources.place import Place, serving
from tests.sources.vendor import VendorBench

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = {"account": ACCOUNT, "api_key": KEY}
ANSWERS = {
    Outcome.OK: "SELECT average(duration) FROM Transaction over 10m",
    Outcome.EMPTY: "SELECT average(nothing) FROM Transaction",
    Outcome.MANY_SERIES: "SELECT count(*) FROM Transaction FACET host",
    Outcome.WARNINGS: "SELECT count(*) FROM Partial",
    Outcome.ERROR: "SELECT count(*) FROM Login",
}
NEVER = {Outcome.NOT_FINITE: "its answers are JSON, where what is not finite is null"}


class TestNewRelicAtAFake(PastContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[VendorBench]:
        with serving(NewRelic()) as place:
            moving, wrong = "SELECT moment FROM Clock", "SELECT nonsense"
            yield VendorBench(place, NewRelicSource, KEYS, (KEY,), ANSWERS, moving, wrong, NEVER)


@pytest.fixture
def newrelic() -> Iterator[tuple[NewRelic, Place]]:
    fake = NewRelic()
    with serving(fake) as place:
        yield fake, place


@contextmanager
def _open(place: Place, **keys: object) -> Iterator[NewRelicSource]:
    given = {**KEYS, "url": place.url, "timeout": LONG, "history_timeout": LONG, **keys}
    with closing(NewRelicSource(NewRelicConfig.model_validate(given))) as source:
        yield source


def test_a_query_is_asked_for_its_window_in_milliseconds(newrelic: tuple[NewRelic, Place]) -> None:
    fake, place = newrelic
    with _open(place, delay="30s") as source:
        reading = read_one(source, "SELECT count(*) FROM Transaction over 10m")
    assert reading.value == 0.0
    assert reading.sampled_at == NOW - timedelta(seconds=30)
    [asked] = fake.asked
    end = round(NOW.timestamp() * 1000) - 30_000
    assert asked["nrql"].endswith(f" SINCE {end - 600_000} UNTIL {end}")
    assert asked["timeout"] == LONG


@pytest.mark.parametrize(
    ("text", "value"),
    [("SELECT percentile(duration, 95) FROM Transaction", 0.5)],
)
def test_a_percentile_is_a_number(
    newrelic: tuple[NewRelic, Place], text: str, value: float
) -> None:
    with _open(newrelic[1]) as source:
        assert read_one(source, text).value == value


@pytest.mark.parametrize(
    ("text", "outcome", "words"),
    [
        ("SELECT latest(nothing) FROM Nothing", Outcome.EMPTY, "not zero"),
        ("SELECT min(a), max(a) FROM Transaction", Outcome.ERROR, "2 values"),
        ("SELECT latest(name) FROM Transaction", Outcome.ERROR, "not a number"),
        ("SELECT count(*) FROM Slow", Outcome.TIMEOUT, "timed out"),
        ("SELECT nonsense", Outcome.ERROR, "Syntax Error"),
    ],
)
def test_what_is_no_number_says_why(
    newrelic: tuple[NewRelic, Place], text: str, outcome: Outcome, words: str
) -> None:
    with _open(newrelic[1]) as source:
        reading = read_one(source, text)
    assert reading.outcome is outcome
    assert words in reading.detail


@pytest.mark.parametrize(
    "text",
    [
        "SELECT count(*) FROM T SINCE 5 minutes ago",
        "SELECT count(*) FROM T until now",
        "SELECT count(*) FROM T TIMESERIES",
        "SELECT count(*) FROM T COMPARE  WITH 1 day ago",
        "",
    ],
)
def test_the_time_is_ours_to_say(newrelic: tuple[NewRelic, Place], text: str) -> None:
    fake, place = newrelic
    with _open(place) as source:
        assert source.invalid(Query("check", text))
    assert fake.asked == []


def test_a_word_in_quotes_is_a_word(newrelic: tuple[NewRelic, Place]) -> None:
    fake, place = newrelic
    with _open(place) as source:
        read_one(source, "SELECT count(*) FROM T WHERE name = 'since' AND `until` = 1")
    assert len(fake.asked) == 1


@pytest.mark.parametrize(
    ("keys", "words"),
    [({"api_key": "NRAK-WRONG"}, "user key"), ({"account": 7}, "Not authorized")],
)
def test_a_key_that_is_refused(
    newrelic: tuple[NewRelic, Place], keys: dict[str, object], words: str
) -> None:
    with _open(newrelic[1], **keys) as source:
        [finding] = source.check()
    assert not finding.ok
    assert words in finding.sentence
    assert "NRAK" not in finding.sentence


def test_a_limit_that_is_used_up(newrelic: tuple[NewRelic, Place]) -> None:
    fake, place = newrelic
    fake.limited = True
    with _open(place) as source:
        assert "limit" in read_one(source, "SELECT count(*) FROM Transaction").detail


def test_each_region_has_an_address_of_its_own() -> None:
    assert NewRelicConfig.model_validate(KEYS).url == "https://api.newrelic.com"
    eu = NewRelicConfig.model_validate({**KEYS, "region": "eu"})
    assert eu.url == "https://api.eu.newrelic.com"


@pytest.mark.parametrize("keys", [{}, {"account": ACCOUNT}, {**KEYS, "region": "mars"}])
def test_a_configuration_is_held_to_its_word(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as caught:
        NewRelicConfig.model_validate(keys)
    assert KEY not in str(caught.value)

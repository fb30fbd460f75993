"""The contract of sources at a fake Sentry, and what is sent there."""

from __future__ import annotations

from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from migrations_app.domain.reading import Outcome, Query
from migrations_app.sources.sentry.config import SentryConfig
from migrations_app.sources.sentry.source import SentrySource
from tests.fakes.sentry import ORGANISATION, TOKEN, Sentry
from tests.sources.build import LONG, read_one
from tests.sources.contract import PastContract
from tests.sources.place import Place, serving
from tests.sources.vendor import VendorBench

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYS = {"organisation": ORGANISATION, "token": TOKEN}
ANSWERS = {
    Outcome.OK: "count() where level:error over 10m",
    Outcome.EMPTY: "p95(nothing)",
    Outcome.MANY_SERIES: "top(host)",
    Outcome.WARNINGS: "part()",
    Outcome.ERROR: "login()",
}
NEVER = {Outcome.NOT_FINITE: "its answers are JSON, where what is not finite is null"}


class TestSentryAtAFake(PastContract):
    @pytest.fixture(scope="class")
    @classmethod
    def bench(cls) -> Iterator[VendorBench]:
        with serving(Sentry()) as place:
            moving, wrong = "moment()", "nonsense()"
            yield VendorBench(place, SentrySource, KEYS, (TOKEN,), ANSWERS, moving, wrong, NEVER)


@pytest.fixture
def sentry() -> Iterator[tuple[Sentry, Place]]:
    fake = Sentry()
    with serving(fake) as place:
        yield fake, place


@contextmanager
def _open(place: Place, **keys: object) -> Iterator[SentrySource]:
    given = {**KEYS, "url": place.url, "timeout": LONG, "history_timeout": LONG, **keys}
    with closing(SentrySource(SentryConfig.model_validate(given))) as source:
        yield source


def test_what_is_sent(sentry: tuple[Sentry, Place]) -> None:
    fake, place = sentry
    text = "count()   where level:error\n  release:orders@2.0 over 10m"
    with _open(place, delay="30s", projects=[7], environments=["production"]) as source:
        assert read_one(source, text).value == 3.0
    [asked] = fake.asked
    assert asked == {
        "field": "count()",
        "query": "level:error release:orders@2.0",
        "start": "2026-11-20T02:03:37.123",
        "end": "2026-11-20T02:13:37.123",
        "dataset": "errors",
        "per_page": "2",
        "project": "7",
        "environment": "production",
    }


def test_without_projects_all_are_asked(sentry: tuple[Sentry, Place]) -> None:
    fake, place = sentry
    with _open(place) as source:
        assert read_one(source, "equation|count() / 2").value == 1.5
    assert fake.asked[0]["project"] == "-1"


@pytest.mark.parametrize(
    "text", ["", "where level:error", "title", "count(", "count() count()", "count(), p95(x)"]
)
def test_what_is_no_function_is_never_sent(sentry: tuple[Sentry, Place], text: str) -> None:
    fake, place = sentry
    with _open(place) as source:
        assert source.invalid(Query("check", text))
        assert read_one(source, text).outcome is Outcome.ERROR
    assert fake.asked == []


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"token": "sntryu_WRONG"}, "does not know our token"),
        ({"organisation": "another"}, "no such organisation"),
        ({"dataset": "invented"}, "dataset must be one of"),
    ],
)
def test_a_refusal_says_what_to_do(
    sentry: tuple[Sentry, Place], keys: dict[str, str], words: str
) -> None:
    with _open(sentry[1], **keys) as source:
        reading = read_one(source, "count()")
        [finding] = source.check()
    assert reading.outcome is Outcome.ERROR
    assert words in reading.detail
    assert not finding.ok
    assert "sntryu" not in reading.detail + finding.sentence


def test_several_columns_are_no_number(sentry: tuple[Sentry, Place]) -> None:
    with _open(sentry[1]) as source:
        assert "2 columns" in read_one(source, "two()").detail
        assert read_one(source, "last_seen()").outcome is Outcome.EMPTY


def test_a_limit_that_is_used_up(sentry: tuple[Sentry, Place]) -> None:
    fake, place = sentry
    fake.limited = True
    with _open(place) as source:
        assert "rate limit" in read_one(source, "count()").detail


@pytest.mark.parametrize(
    "keys",
    [
        {"organisation": "a/../b"},
        {"projects": ["orders"]},
        {"environments": ["a b"]},
        {"dataset": "a&b"},
        {"token": ""},
    ],
)
def test_a_configuration_is_held_to_its_word(keys: dict[str, object]) -> None:
    assert SentryConfig.model_validate(KEYS).url == "https://sentry.io"
    with pytest.raises(ValidationError) as caught:
        SentryConfig.model_validate({**KEYS, **keys})
    assert TOKEN not in str(caught.value)

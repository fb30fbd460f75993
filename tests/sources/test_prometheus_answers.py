"""What the Prometheus source makes of every answer there is, over real sockets."""

from __future__ import annotations

import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_app.domain.reading import Outcome, Query
from tests.sources.build import LONG, NOW, SHORT, prometheus, read_one
from tests.sources.misbehaviour import BEHAVIOUR, success, vector

if TYPE_CHECKING:
    from tests.sources.stub import Stub

OK = {"value 0.25": 0.25, "scalar": 2.5, "zipped": 1.25, "once 3": 3.0}
OK |= dict.fromkeys(("remarked", "remarked-2.5x", "no-warnings"), 1.0)
WRONG = [
    ("nan", Outcome.NOT_FINITE, "NaN"),
    ("inf", Outcome.NOT_FINITE, "+Inf"),
    ("minus-inf", Outcome.NOT_FINITE, "-Inf"),
    ("empty", Outcome.EMPTY, "not zero"),
    ("many", Outcome.MANY_SERIES, "3 series"),
    ("warned", Outcome.WARNINGS, "two of three stores did not answer"),
    ("matrix", Outcome.ERROR, "range"),
    ("string", Outcome.ERROR, "text"),
    ("streams", Outcome.ERROR, "not Prometheus's JSON"),
    ("native", Outcome.ERROR, "native histogram"),
    ("word", Outcome.ERROR, '"ok" where a number belongs'),
    ("unquoted", Outcome.ERROR, "not Prometheus's JSON"),
    ("underscored", Outcome.ERROR, "where a number belongs"),
    ("no-data", Outcome.ERROR, "not Prometheus's JSON"),
    ("error-in-200", Outcome.ERROR, "it is broken"),
    ("invalid", Outcome.ERROR, "1:5: parse error: unclosed left brace"),
    ("too-much", Outcome.ERROR, "would load too many samples"),
    ("gave-up", Outcome.TIMEOUT, "query timed out"),
    ("gateway-timeout", Outcome.TIMEOUT, "gave up"),
    ("internal", Outcome.ERROR, "500: disk on fire"),
    ("plain-500", Outcome.ERROR, "500"),
    ("bad-gateway", Outcome.ERROR, "502"),
    ("who", Outcome.ERROR, "not logged in there (401)"),
    ("forbidden", Outcome.ERROR, "may not read there (403)"),
    ("nowhere", Outcome.ERROR, "no Prometheus API at this address"),
    ("slow-down", Outcome.ERROR, "slow down (429)"),
    ("redirect", Outcome.ERROR, "redirects to https://login.example;"),
    ("login", Outcome.ERROR, "web page, perhaps a login form"),
    ("garbage", Outcome.ERROR, "not Prometheus's JSON"),
    ("other-json", Outcome.ERROR, "not Prometheus's JSON"),
    ("list", Outcome.ERROR, "not Prometheus's JSON"),
    ("nothing", Outcome.ERROR, "not Prometheus's JSON"),
    ("truncated", Outcome.ERROR, "cut short"),
    ("badly-zipped", Outcome.ERROR, 'encoding "gzip"'),
    ("brotli", Outcome.ERROR, 'encoding "br"'),
    ("claims-a-lot", Outcome.ERROR, "max_response_bytes"),
    ("endless", Outcome.ERROR, "max_response_bytes"),
    ("bomb", Outcome.ERROR, "max_response_bytes"),
    ("cut", Outcome.ERROR, "broke off"),
    ("mute", Outcome.ERROR, "broke off"),
    ("hang", Outcome.TIMEOUT, "did not answer in time"),
    ("drip", Outcome.TIMEOUT, "did not answer in time"),
    ("drip-head", Outcome.TIMEOUT, "did not answer in time"),
]
NEVER = {"hang", "drip", "drip-head"}
ELSEWHERE = {"moment", "time()", "line", "echo", "raw"}


@pytest.mark.parametrize(("query", "value"), OK.items())
def test_one_finite_number_of_one_series_is_ok(query: str, value: float, stub: Stub) -> None:
    with prometheus(stub.url) as source:
        reading = read_one(source, query)
    assert (reading.outcome, reading.value, reading.detail) == (Outcome.OK, value, "")


@pytest.mark.parametrize(("query", "outcome", "words"), WRONG)
def test_anything_else_is_no_data(query: str, outcome: Outcome, words: str, stub: Stub) -> None:
    with prometheus(stub.url, timeout=SHORT if query in NEVER else LONG) as source:
        reading = read_one(source, query)
    assert (reading.outcome, reading.value) == (outcome, None)
    assert words in reading.detail
    assert reading.sampled_at is None


def test_every_behaviour_of_the_stub_is_covered() -> None:
    tested = {query.partition(" ")[0] for query in [*OK, *(wrong[0] for wrong in WRONG)]}
    assert tested | ELSEWHERE == BEHAVIOUR.keys()


def test_all_of_them_at_once_are_told_apart(stub: Stub) -> None:
    wanted = dict.fromkeys(OK, Outcome.OK) | {query: outcome for query, outcome, _ in WRONG}
    queries = [Query(f"check {text}", text) for text in wanted if text not in NEVER]
    with prometheus(stub.url, concurrency=4) as source:
        readings = source.read(queries, NOW)
    assert [(one.key, one.query) for one in readings] == [(one.key, one.text) for one in queries]
    assert {one.query: one.outcome for one in readings} == {
        one.text: wanted[one.text] for one in queries
    }


def test_a_redirect_is_not_followed_and_its_secrets_are_not_told(stub: Stub) -> None:
    with prometheus(stub.url) as source:
        reading = read_one(source, "redirect")
    assert len(stub.requests) == 1
    assert "OPEN-SESAME" not in reading.detail


@pytest.mark.parametrize("query", ["endless", "bomb", "claims-a-lot"])
def test_memory_stays_within_the_limit(query: str, stub: Stub) -> None:
    """Twice the limit for what is held, and some room for the stub, which runs in our process."""
    with prometheus(stub.url, max_response_bytes=1_000_000) as source:
        read_one(source, "value 1")
        tracemalloc.start()
        read_one(source, query)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 20_000_000
    assert stub.poured < 100_000_000


FRAGMENTS = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/0.9 x\r\n",
        b"content-length: 5\r\n",
        b"content-length: -1\r\n",
        b"transfer-encoding: chunked\r\n",
        b"content-encoding: gzip\r\n",
        b"content-type: \xff\r\n",
        b"connection: close\r\n",
        b"\r\n",
        b"5\r\nhello\r\n",
        b"0\r\n\r\n",
        success(vector("1")),
        b"\x1f\x8b",
    ]
)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(pieces=st.lists(FRAGMENTS | st.binary(max_size=40), max_size=8))
def test_no_bytes_whatever_raise(pieces: list[bytes], stub: Stub) -> None:
    with prometheus(stub.url) as source:
        reading = read_one(source, f"raw {b''.join(pieces).hex()}")
    assert (reading.value is None) == (reading.outcome is not Outcome.OK)
    assert reading.value in {None, 1.0}


def test_foreign_words_are_cleaned_and_cut(stub: Stub) -> None:
    words = "a\r\nb\x1b[31m\x00 " + "x" * 1_000
    with prometheus(stub.url) as source:
        reading = read_one(source, f"echo {words}")
    assert reading.detail.isprintable()
    assert "a b" in reading.detail
    assert len(reading.detail) < 400

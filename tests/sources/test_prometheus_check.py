"""What the doctor says about a Prometheus, and about a query."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from migrations_app.domain.errors import Transient
from migrations_app.domain.reading import Query
from tests.sources.build import SHORT, prometheus
from tests.sources.misbehaviour import LOGIN_PAGE, failure, success, typed

if TYPE_CHECKING:
    from migrations_app.domain.finding import Finding
    from migrations_app.sources.prometheus.source import PrometheusSource
    from tests.sources.stub import Stub

BUILD = "/api/v1/status/buildinfo"
QUERY = "/api/v1/query"


def about(source: PrometheusSource, what: str) -> Finding:
    (finding,) = [finding for finding in source.check() if finding.what == what]
    return finding


def host(stub: Stub) -> str:
    return stub.url.removeprefix("http://")


def test_names_the_version(stub: Stub) -> None:
    stub.answered[BUILD] = success({"version": "3.5.0", "revision": "abc"})
    with prometheus(stub.url) as source:
        finding = about(source, host(stub))
    assert (finding.ok, finding.sentence) == (True, "answers our queries; version 3.5.0")


@pytest.mark.parametrize(
    "build", [b"404 page not found", success({}), success(None), b"[]", failure("x", "y")]
)
def test_a_server_that_tells_no_version_is_well(build: bytes, stub: Stub) -> None:
    stub.answered[BUILD] = build
    with prometheus(stub.url) as source:
        finding = about(source, host(stub))
    assert finding.ok
    assert "does not tell its version" in finding.sentence


@pytest.mark.parametrize(
    ("answer", "words"), [(LOGIN_PAGE, "web page"), (failure("x", "too tired"), "too tired")]
)
def test_a_server_that_answers_something_else_is_not(answer: bytes, words: str, stub: Stub) -> None:
    stub.answered[QUERY] = answer
    with prometheus(stub.url) as source:
        (finding,) = source.check()
    assert not finding.ok
    assert words in finding.sentence


def test_nobody_there() -> None:
    with prometheus("http://127.0.0.1:9") as source:
        (finding,) = source.check()
    assert not finding.ok
    assert "could not connect to 127.0.0.1:9" in finding.sentence


@pytest.mark.parametrize(
    ("seconds", "words"), [(90, "1 m 30 s ahead of ours"), (-3_700, "1 h 1 m behind ours")]
)
def test_a_clock_that_differs(seconds: int, words: str, stub: Stub) -> None:
    stub.answered[QUERY] = typed("scalar", [0, str(time.time() + seconds + 0.9 * (seconds > 0))])
    with prometheus(stub.url) as source:
        finding = about(source, "clock")
    assert not finding.ok
    assert words in finding.sentence


@pytest.mark.parametrize(
    ("query", "ok", "words"),
    [
        ("moment -3.5", True, "the newest sample is 3"),
        ("moment 5", True, "0 s old"),
        ("moment -600.5", False, "10 m"),
        ("empty", False, "the freshness query fails: no series matches"),
        ("invalid", False, "parse error"),
    ],
)
def test_freshness(query: str, ok: bool, words: str, stub: Stub) -> None:
    with prometheus(stub.url, freshness={"query": query}) as source:
        finding = about(source, "freshness")
    assert finding.ok is ok
    assert words in finding.sentence


def test_without_freshness_it_says_what_that_means(stub: Stub) -> None:
    with prometheus(stub.url) as source:
        finding = about(source, "freshness")
    assert finding.ok
    assert "max(timestamp(" in finding.sentence


def test_credentials_in_plain_text_are_told() -> None:
    auth = {"bearer": "abc"}
    with prometheus("http://prometheus.invalid", auth=auth, timeout=SHORT) as source:
        finding = about(source, "protection")
    assert not finding.ok
    assert "plain text" in finding.sentence


def test_credentials_on_the_loopback_are_not_worth_a_word(stub: Stub) -> None:
    with prometheus(stub.url, auth={"bearer": "abc"}) as source:
        assert all(finding.ok for finding in source.check())


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("invalid", "1:5: parse error: unclosed left brace"),
        ("too-much", "would load too many samples"),
        ("matrix", "range"),
        ("string", "text"),
        ("native", "native histogram"),
    ],
)
def test_a_query_that_can_never_be_judged_is_invalid(query: str, words: str, stub: Stub) -> None:
    with prometheus(stub.url) as source:
        assert words in (source.invalid(Query("check", query)) or "")
    assert "time" not in stub.last.form  # as of the server's own now


@pytest.mark.parametrize("query", ["value 1", "empty", "many", "nan", "warned"])
def test_data_of_the_moment_say_nothing_against_a_query(query: str, stub: Stub) -> None:
    with prometheus(stub.url) as source:
        assert source.invalid(Query("check", query)) is None


@pytest.mark.parametrize("query", ["who", "internal", "gave-up", "login", "mute", "redirect"])
def test_a_server_that_does_not_answer_says_nothing_of_a_query(query: str, stub: Stub) -> None:
    with prometheus(stub.url) as source, pytest.raises(Transient):
        source.invalid(Query("check", query))

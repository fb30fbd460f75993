"""What the HTTP source makes of answers."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from migrations_app.domain.reading import Outcome, Query
from migrations_app.sources.http.config import HTTPConfig
from migrations_app.sources.http.find import in_json, in_text, pointed
from migrations_app.sources.http.question import Question, question
from migrations_app.sources.http.source import HTTPSource
from migrations_app.sources.value import NoValue
from migrations_app.wire.answer import Answer
from tests.sources.build import LONG, NOW, read_one
from tests.sources.place import Asked, Place, Said, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

_JSON = '{"a": {"b/c": [1, "2.5", null, true]}, "~": -1e3, "": 7, "long": "x", "o": {}, "e": []}'


def _say(asked: Asked) -> Said:
    status, _, words = asked.params.get("say", "200").partition(" ")
    headers = {"location": "https://login.example/?state=OPEN-SESAME"} if status[0] == "3" else {}
    if age := asked.params.get("age"):
        headers["age"] = age
    return Said(int(status), words.encode(), headers)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with serving(_say) as place:
        yield place


@pytest.fixture
def source(place: Place) -> Iterator[HTTPSource]:
    config = HTTPConfig.model_validate({"url": f"{place.url}/base", "timeout": LONG})
    with closing(HTTPSource(config)) as source:
        yield source


def _answer(body: str, kind: str = "application/json") -> Answer:
    return Answer(200, {"content-type": kind}, body.encode())


@pytest.mark.parametrize(
    ("pointer", "value"),
    [("/a/b~1c/0", 1.0), ("/a/b~1c/1", 2.5), ("/a/b~1c/3", 1.0), ("/~0", -1000.0), ("/", 7.0)],
)
def test_a_pointer_finds_its_number(pointer: str, value: float) -> None:
    assert in_json(_answer(_JSON), pointer) == value


@pytest.mark.parametrize(
    ("pointer", "outcome"),
    [
        ("/a/b~1c/2", Outcome.EMPTY),
        ("/a/b~1c/4", Outcome.EMPTY),
        ("/a/b~1c/01", Outcome.EMPTY),
        ("/a/b~1c/-1", Outcome.EMPTY),
        ("/nowhere", Outcome.EMPTY),
        ("/long/0", Outcome.EMPTY),
        ("/e", Outcome.EMPTY),
        ("/a/b~1c", Outcome.MANY_SERIES),
        ("/o", Outcome.ERROR),
        ("/long", Outcome.ERROR),
        ("", Outcome.ERROR),
    ],
)
def test_what_is_no_number_is_no_data(pointer: str, outcome: Outcome) -> None:
    found = in_json(_answer(_JSON), pointer)
    assert isinstance(found, NoValue)
    assert found.outcome is outcome


@pytest.mark.parametrize(
    ("body", "words"),
    [("<html>", "web page"), ("{", "cut short"), ("", "cut short"), ("[" * 100_000, "cut short")],
)
def test_what_is_no_json_is_an_error(body: str, words: str) -> None:
    found = in_json(_answer(body), "/lag")
    assert isinstance(found, NoValue)
    assert words in found.detail


@pytest.mark.parametrize("body", ["NaN", "Infinity", "1e999", str(10**400)])
def test_what_is_not_finite_is_no_data(body: str) -> None:
    found = in_json(_answer(body), "")
    assert isinstance(found, NoValue)
    assert found.outcome is Outcome.NOT_FINITE


@given(st.recursive(st.none() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_whatever_a_document_holds_can_be_pointed_at(document: object) -> None:
    pointer, data = "", document
    while isinstance(data, dict) and data:
        key, data = next(iter(data.items()))
        pointer += "/" + key.replace("~", "~0").replace("/", "~1")
    assert pointed(document, pointer) is data


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("queue_depth {number}", 12.5),
        ("depth\t{number}  of {number}", None),
        ("of {number}", 20.0),
        ("lag={number}s", -3e2),
        ("(a.b*) {number}", 4.0),
        ("axb* {number}", None),
    ],
)
def test_a_number_stands_among_words(pattern: str, value: float | None) -> None:
    body = "# queue\nqueue_depth   12.5 of 20\nlag=-3e2s\n(a.b*) 4\n"
    if pattern.count("{number}") == 1:
        found = in_text(_answer(body, "text/plain"), pattern)
        assert found == value if value is not None else isinstance(found, NoValue)
    else:
        assert isinstance(question(f"text(/, {pattern})"), NoValue)


def test_words_that_stand_twice_are_several_answers() -> None:
    found = in_text(_answer("a 1\na 2", "text/plain"), "a {number}")
    assert isinstance(found, NoValue)
    assert found.outcome is Outcome.MANY_SERIES


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("status(/x?say=503)", 503.0),
        ("status(/x?say=302)", 302.0),
        ("up(/x?say=204)", 1.0),
        ("up(/x?say=503)", 0.0),
        ("up(/x?say=302)", 0.0),
        ("text(/x?say=200%20lag%207, lag {number})", 7.0),
        ("json(/x?say=200%20%5B4%5D, /0)", 4.0),
        ("json(/x?say=200%204)", 4.0),
    ],
)
def test_what_can_be_asked(source: HTTPSource, text: str, value: float) -> None:
    assert read_one(source, text, NOW).value == value


def test_latency_is_of_successes_only(source: HTTPSource) -> None:
    good = read_one(source, "ms(/x)", NOW).value
    assert good is not None
    assert 0 < good < LONG * 1000
    bad = read_one(source, "ms(/x?say=500)", NOW)
    assert bad.outcome is Outcome.ERROR


@pytest.mark.parametrize(
    ("status", "outcome", "words"),
    [
        (302, Outcome.ERROR, "https://login.example"),
        (401, Outcome.ERROR, "not logged in"),
        (404, Outcome.ERROR, "nothing at this address"),
        (429, Outcome.ERROR, "slow down"),
        (503, Outcome.TIMEOUT, "gave up"),
    ],
)
def test_a_refusal_says_what_to_do(
    source: HTTPSource, status: int, outcome: Outcome, words: str
) -> None:
    reading = read_one(source, f"json(/x?say={status})", NOW)
    assert reading.outcome is outcome
    assert words in reading.detail
    assert "SESAME" not in reading.detail


@pytest.mark.parametrize("how", ["up", "status", "ms"])
def test_what_a_cache_remembers_is_doubted(place: Place, source: HTTPSource, how: str) -> None:
    assert read_one(source, f"{how}(/x?age=0)", NOW).outcome is Outcome.OK
    reading = read_one(source, f"{how}(/x?age=300)", NOW)
    assert reading.outcome is Outcome.WARNINGS
    assert "300 s ago" in reading.detail
    assert place.heard[-1].headers["cache-control"] == "no-cache"


def test_a_path_is_asked_once_for_all_questions(place: Place, source: HTTPSource) -> None:
    place.heard.clear()
    texts = ["status(/once)", "up(/once)", "ms(/once)", "up(/once)"]
    readings = source.read([Query(str(n), text) for n, text in enumerate(texts)], NOW)
    assert all(one.outcome is Outcome.OK for one in readings)
    assert [asked.path for asked in place.heard] == ["/base/once"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "up",
        "up()",
        "up(health)",
        "up(//evil.example/)",
        "up(/a/../b)",
        "up(/a b)",
        "up(/a#b)",
        "up(/%zz)",
        "up(/ä)",
        "up(/a)\r\nX: y",
        "text(/a)",
        "text(/a, depth)",
        "json(/a, lag)",
        "wget(/a)",
        "up(/" + "a" * 5_000 + ")",
    ],
)
def test_what_is_written_wrongly_is_never_sent(place: Place, source: HTTPSource, text: str) -> None:
    place.heard.clear()
    assert source.invalid(Query("check", text))
    assert read_one(source, text, NOW).outcome is Outcome.ERROR
    assert not place.heard


def test_a_question_keeps_the_commas_of_its_words() -> None:
    assert question("text(/a, x, {number}, y)") == Question("text", "/a", "x, {number}, y")


def test_a_place_that_repeats_our_secret_is_not_quoted(place: Place) -> None:
    keys = {"url": place.url, "auth": {"bearer": "T0KEN-OF-MINE"}, "timeout": LONG}
    with closing(HTTPSource(HTTPConfig.model_validate(keys))) as source:
        reading = read_one(source, "json(/x?say=200%20%22Bearer%20T0KEN-OF-MINE%22)", NOW)
    assert reading.outcome is Outcome.ERROR
    assert "T0KEN" not in reading.detail


@pytest.mark.parametrize("keys", [{"health": "nowhere"}, {"headers": {"Host": "x"}}, {"path": "/"}])
def test_a_configuration_is_held_to_its_word(keys: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        HTTPConfig.model_validate({"url": "https://orders.example", **keys})

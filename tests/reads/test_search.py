"""Whatever is typed finds entries by the beginnings of their words, and is never a syntax error."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from migrations_app.domain.searching import tsquery
from migrations_app.models import Event
from migrations_app.reads.timeline import Wanted
from migrations_app.reads.timeline.wanted import newest
from tests.web import build
from tests.web.history import written

pytestmark = pytest.mark.django_db

SHARED = settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)  # fmt: skip
SYNTAX = "'\"\\&|!<->():*%_ \x00\ud800"


@pytest.fixture
def run_id() -> int:
    return build.world().run_id


def found(run_id: int, text: str) -> list[str]:
    return [row.sentence for row in newest(run_id, Wanted(text=text), 10)]


@SHARED
@given(text=st.one_of(st.text(), st.text(SYNTAX + "ab1")))
def test_nothing_typed_is_an_error(run_id: int, text: str) -> None:
    found(run_id, text)


@SHARED
@given(words=st.lists(st.text(st.characters(categories=["L"]), min_size=1, max_size=9), min_size=1))
def test_an_entry_is_found_by_its_own_words(run_id: int, words: list[str]) -> None:
    sentence = " ".join(words)
    seq = written(run_id, "verdict", sentence)
    kept = Event.objects.get(run=run_id, seq=seq).sentence
    if tsquery(sentence):
        assert kept in found(run_id, sentence)


@pytest.mark.parametrize(
    ("text", "hit"),
    [
        ("orders", True), ("ORDERS-DB", True), ("db", True), ("orders-plan", False),
        ("archive", True), ("0.08", True), ("0.8", False), ("10.0.0.7", True), ("/var/log", True),
        ("ops@example.org", True), ("p95", True), ("p9", True), ("95", False), ("größe", True),
        ("репл", True), ("raj", True), ("because", True), ("update", True), ("plan orders", True),
        ("plan moon", False), ("42", False), ("!!!", False),
    ],
)  # fmt: skip
def test_words_are_found_by_their_beginning(run_id: int, text: str, hit: bool) -> None:
    sentence = (
        "raj: p95 of orders-db is 0.08 s at 10.0.0.7, see /var/log; ops@example.org; Größe; "
        "репликация; the orders/archive plan"
    )
    payload = {"reason": "because of it", "body": "An update for all", "secret": 42}
    written(run_id, "verdict", sentence, payload)
    assert (sentence in found(run_id, text)) == hit


def test_other_runs_are_not_searched(run_id: int) -> None:
    other = build.world().run_id
    written(other, "verdict", "elsewhere")
    assert found(run_id, "elsewhere") == []

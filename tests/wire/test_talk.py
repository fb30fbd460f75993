"""What a driver is told when the other side answers, refuses, hangs, or breaks off."""

from __future__ import annotations

import json
import logging
import socket
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.errors import (
    Conflict,
    Permanent,
    SeamError,
    Transient,
    UnknownOutcome,
)
from migrations_app.wire.answer import Answer, clean
from migrations_app.wire.deadline import Deadline
from migrations_app.wire.place import Place
from migrations_app.wire.talk import Talk, words_of
from tests.wire.desk import Hand, desk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONG, SOON = 30.0, 0.3
SECRET = "t0p-secret-token"
EVERY_REFUSAL = sorted({*range(300, 309), *range(400, 432), 451, *range(500, 512)} - {304})


def token() -> Mapping[str, str]:
    return {"authorization": f"Bearer {SECRET}"}


@contextmanager
def talk(url: str) -> Iterator[Talk]:
    one = Talk(Place.model_validate({"url": url}), token)
    try:
        yield one
    finally:
        one.close()


def answered(status: int, *, writing: bool, body: bytes = b"{}", **headers: str) -> SeamError:
    """What the caller gets when the place answers so."""
    with desk(lambda hand: hand.say(status, body, **headers)) as there, talk(there.url) as ours:
        ask = partial(ours.write, "PUT", body={"weight": 1}) if writing else ours.read
        with pytest.raises(SeamError) as caught:
            ask("/x", Deadline(LONG))
        assert len(there.heard) == 1, "a refusal is not asked twice"
    return caught.value


def test_says_what_it_was_asked_to() -> None:
    with desk(lambda hand: hand.say(200, b'{"a": 1}')) as there, talk(there.url) as ours:
        params = [("q", "a b&c"), ("q", "ü")]
        assert ours.read("/x", Deadline(LONG), params=params).json() == {"a": 1}
        ours.write(
            "PATCH", "/y", Deadline(LONG), body=[1], media_type="application/json-patch+json"
        )
        asked, told = there.heard
    assert (asked.method, asked.path, asked.body) == ("GET", "/x?q=a+b%26c&q=%C3%BC", b"")
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    assert (told.method, told.path, told.body) == ("PATCH", "/y", b"[1]")
    assert told.headers["content-type"] == "application/json-patch+json"


@pytest.mark.parametrize("status", EVERY_REFUSAL)
def test_a_question_that_is_refused_is_never_unknown(status: int) -> None:
    error = answered(status, writing=False)
    again = status in {408, 425, 429} or status >= 500
    assert type(error) is (Transient if again else Permanent)


@pytest.mark.parametrize("status", EVERY_REFUSAL)
def test_a_change_that_may_have_happened_is_unknown(status: int) -> None:
    error = answered(status, writing=True)
    match status:
        case 409 | 412:
            assert type(error) is Conflict
        case 425 | 429 | 501:
            assert type(error) is Transient
        case 408 | 500 | 502 | 503 | 504 | 505 | 506 | 507 | 508 | 509 | 510 | 511:
            assert type(error) is UnknownOutcome
        case _:
            assert type(error) is Permanent


def test_it_is_told_when_to_come_again() -> None:
    error = answered(429, writing=True, retry_after="7")
    assert isinstance(error, Transient)
    assert error.retry_after == 7


def test_no_redirect_is_followed_and_its_secrets_stay_there() -> None:
    place = "https://login.example/start?state=OPEN-SESAME"
    error = answered(302, writing=False, location=place)
    assert "https://login.example" in str(error)
    assert "OPEN-SESAME" not in str(error)


def test_whoever_quotes_our_token_is_not_quoted() -> None:
    said = f'{{"message": "the token {SECRET} is unknown here"}}'.encode()
    error = answered(401, writing=True, body=said)
    assert SECRET not in str(error)
    assert "is unknown here" in str(error)


def test_the_token_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with desk(lambda hand: hand.say(200)) as there, talk(there.url) as ours:
        ours.read("/x", Deadline(LONG))
        assert SECRET not in caplog.text + repr(ours) + repr(vars(ours))


def test_nobody_there_is_transient_either_way() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with talk(f"http://127.0.0.1:{port}") as ours:
        for ask in (ours.read, lambda path, deadline: ours.write("PUT", path, deadline)):
            with pytest.raises(Transient, match="could not connect"):
                ask("/x", Deadline(LONG))


def test_silence_after_a_change_is_unknown() -> None:
    with desk(Hand.hang) as there, talk(there.url) as ours:
        with pytest.raises(UnknownOutcome, match="after the change was sent"):
            ours.write("PUT", "/x", Deadline(SOON))
        with pytest.raises(Transient, match="did not answer in time"):
            ours.read("/x", Deadline(SOON))


def test_a_place_that_takes_connections_and_never_looks_at_them() -> None:
    """The kernel takes the bytes, so they count as sent."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        url = f"http://127.0.0.1:{mute.getsockname()[1]}"
        with talk(url) as ours, pytest.raises(UnknownOutcome):
            ours.write("PUT", "/x", Deadline(SOON))


def test_hanging_up_on_a_change_is_unknown_and_it_is_sent_once() -> None:
    with desk(Hand.hang_up) as there, talk(there.url) as ours:
        with pytest.raises(UnknownOutcome):
            ours.write("PUT", "/x", Deadline(LONG))
        assert len(there.heard) == 1


def test_a_question_survives_a_connection_that_died_while_idle() -> None:
    def fickle(hand: Hand) -> None:
        hand.say(200)
        hand.close_connection = True  # without having said that it would

    with desk(fickle) as there, talk(there.url) as ours:
        for _ in range(3):
            assert ours.read("/x", Deadline(LONG)).ok
        assert len(there.heard) == 3


def test_questions_share_a_connection_and_changes_have_their_own() -> None:
    with desk(lambda hand: hand.say(200)) as there, talk(there.url) as ours:
        ours.read("/x", Deadline(LONG))
        ours.read("/x", Deadline(LONG))
        assert there.connections == 1
        ours.write("PUT", "/x", Deadline(LONG))
        assert there.connections == 2


def test_nothing_is_sent_when_the_time_is_over() -> None:
    deadline = Deadline(0)
    with desk(lambda hand: hand.say(200)) as there, talk(there.url) as ours:
        with pytest.raises(Transient, match="are over"):
            ours.write("PUT", "/x", deadline)
        assert there.heard == []


def test_an_endless_answer_ends() -> None:
    big = b" " * (2 << 20)
    with (
        desk(lambda hand: hand.say(200, big)) as there,
        talk(there.url) as ours,
        pytest.raises(Transient, match="more than we read"),
    ):
        ours.read("/x", Deadline(LONG))


def test_whoever_closed_it_is_told() -> None:
    with desk(lambda hand: hand.say(200)) as there, talk(there.url) as ours:
        ours.close()
        with pytest.raises(Transient, match="closed by Warroom"):
            ours.write("PUT", "/x", Deadline(LONG))
        assert there.heard == []


@given(
    st.recursive(
        st.none() | st.text(max_size=20) | st.integers(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    )
)
def test_any_json_has_words_fit_for_a_line(data: object) -> None:
    answer = Answer(400, {"content-type": "application/problem+json"}, json.dumps(data).encode())
    assert words_of(answer).isprintable()


@given(st.text(), st.integers(1, 400))
def test_foreign_words_fit_on_a_line(text: str, longest: int) -> None:
    line = clean(text, longest)
    assert len(line) <= longest
    assert line.isprintable()

"""A token is fetched once, renewed before its end, and waited for no longer than a call lasts."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from migrations_app.domain.errors import Permanent, Transient
from migrations_app.wire.deadline import Deadline
from migrations_app.wire.token import Token, Tokens, told


def test_it_is_kept_until_shortly_before_its_end() -> None:
    now, fetched = [0.0], []

    def fetch(_deadline: Deadline) -> Token:
        fetched.append(now[0])
        return Token(f"t{len(fetched)}", 220.0)

    tokens = Tokens(fetch, lambda: now[0])
    for at in (0.0, 99.0, 101.0, 150.0):
        now[0] = at
        tokens.fresh(Deadline(1))
    assert fetched == [0.0, 101.0]
    assert tokens.header() == {"authorization": "Bearer t2"}


def test_one_that_lasts_long_is_asked_for_again_all_the_same() -> None:
    now, fetched = [0.0], []

    def fetch(_deadline: Deadline) -> Token:
        fetched.append(now[0])
        return Token("t", 86_400.0)

    tokens = Tokens(fetch, lambda: now[0])
    for at in (0.0, 299.0, 301.0):
        now[0] = at
        tokens.fresh(Deadline(1))
    assert fetched == [0.0, 301.0]


def test_many_threads_fetch_one() -> None:
    fetched: list[int] = []

    def fetch(_deadline: Deadline) -> Token:
        fetched.append(1)
        return Token("t", 3600.0)

    tokens = Tokens(fetch)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: tokens.fresh(Deadline(60)), range(32)))
    assert fetched == [1]


def test_nobody_waits_for_another_beyond_its_own_time() -> None:
    inside, over = threading.Event(), threading.Event()

    def fetch(_deadline: Deadline) -> Token:
        inside.set()
        over.wait()
        return Token("t", 3600.0)

    tokens = Tokens(fetch)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(tokens.fresh, Deadline(60))
        inside.wait()
        with pytest.raises(Transient, match="too long"):
            tokens.fresh(Deadline(0.05))
        over.set()
        first.result()


@pytest.mark.parametrize("answer", [{}, [], "html", {"access_token": "t", "expires_in": "soon"}])
def test_what_is_no_token_is_said_so(answer: object) -> None:
    with pytest.raises(Permanent, match="no token endpoint"):
        told(lambda: answer)


def test_it_is_not_shown() -> None:
    assert "OPEN-SESAME" not in repr(Token("OPEN-SESAME", 1.0))

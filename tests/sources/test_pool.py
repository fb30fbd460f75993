"""A few sessions, and a deadline that holds whatever a session does."""

from __future__ import annotations

import threading
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from migrations_app.domain.reading import Outcome
from migrations_app.sources.sql.pool import CLOSED, Lost, Pool
from migrations_app.sources.value import NoValue
from tests.sources.build import LONG, SHORT

if TYPE_CHECKING:
    from collections.abc import Callable

_BROKEN = NoValue(Outcome.ERROR, "broken")


@dataclass
class Session:
    """`stuck` hangs until it is cancelled."""

    number: int
    cancelled: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)

    def answer(self, _seconds: float) -> float:
        return float(self.number)

    def stuck(self, _seconds: float) -> float:
        assert self.cancelled.wait(LONG)
        raise Lost(_BROKEN)

    def broken(self, _seconds: float) -> float:
        raise Lost(_BROKEN)

    def cancel(self) -> None:
        self.cancelled.set()

    def close(self) -> None:
        self.closed.set()


class Place:
    """Where sessions come from. `full` refuses new ones."""

    def __init__(self) -> None:
        self.made: list[Session] = []
        self.full = False

    def connect(self, _seconds: float) -> Session:
        if self.full:
            raise Lost(_BROKEN)
        self.made.append(Session(len(self.made)))
        return self.made[-1]

    def pool(self, size: int = 2) -> Pool[Session]:
        return Pool(size, self.connect, "db.example")


def test_a_session_is_kept_between_questions() -> None:
    place = Place()
    with closing(place.pool()) as pool:
        assert [pool.run([Session.answer], LONG) for _ in range(3)] == [[0.0]] * 3
    assert len(place.made) == 1
    assert place.made[0].closed.is_set()


def test_no_more_sessions_than_its_size() -> None:
    place = Place()
    with closing(place.pool(2)) as pool:
        found = pool.run([Session.answer] * 20, LONG)
    assert len(found) == 20
    assert len(place.made) <= 2


def test_who_is_stuck_is_cancelled_and_thrown_away() -> None:
    place = Place()
    with closing(place.pool()) as pool:
        stuck, answered = pool.run([Session.stuck, Session.answer], SHORT)
        assert isinstance(stuck, NoValue)
        assert stuck.outcome is Outcome.TIMEOUT
        assert isinstance(answered, float)
        [hung] = [one for one in place.made if one.number != answered]
        assert hung.cancelled.wait(LONG)
        assert hung.closed.wait(LONG)
        assert not any(one.cancelled.is_set() for one in place.made if one is not hung)


def test_what_waits_behind_a_stuck_one_is_late_too_and_never_begun() -> None:
    place = Place()
    with closing(place.pool(1)) as pool:
        found = pool.run([Session.stuck, Session.answer], SHORT)
        assert [one.outcome for one in found if isinstance(one, NoValue)] == [Outcome.TIMEOUT] * 2
        assert place.made[0].closed.wait(LONG)


def test_a_kept_session_that_died_is_replaced_once() -> None:
    place = Place()
    with closing(place.pool(1)) as pool:
        assert pool.run([Session.answer], LONG) == [0.0]
        assert pool.run([_dead_at(0)], LONG) == [1.0]
        assert place.made[0].closed.is_set()
        assert pool.run([Session.broken], LONG) == [_BROKEN]
    assert len(place.made) == 3


def test_nobody_there_is_told_as_it_is() -> None:
    place = Place()
    place.full = True
    with closing(place.pool()) as pool:
        assert pool.run([Session.answer], LONG) == [_BROKEN]


def test_closed_means_closed() -> None:
    pool = Place().pool()
    pool.close()
    assert pool.run([Session.answer] * 2, LONG) == [CLOSED] * 2


def _dead_at(number: int) -> Callable[[Session, float], float]:
    """Works on every session but one."""

    def work(session: Session, _seconds: float) -> float:
        if session.number == number:
            raise Lost(_BROKEN)
        return float(session.number)

    return work

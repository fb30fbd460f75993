from __future__ import annotations

import asyncio
import json
import math
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.practice.world import cdc
from migrations_app.practice.world.cdc import Follower, parse
from migrations_app.practice.world.orders import Book, Order


def order(number: int) -> Order:
    return Order(f"{number:016x}", "customer", [{"sku": "sku-1", "quantity": 2}], 7, 0.5)


def catch_up(follower: Follower, source: Book, now: float, limit: int = 500) -> None:
    """Read everything there is at `now`, in pieces of `limit`, then apply what is due."""
    while not follower.read(source.feed(follower.after, now, limit)):
        pass
    follower.apply(now)


def test_without_changes_the_lag_is_the_age_of_the_last_look() -> None:
    source, follower = Book(), Follower(Book(), lambda: 0.0)

    catch_up(follower, source, now=10.0)

    assert follower.lag(10.2) == pytest.approx(0.2)


def test_while_the_feed_cannot_be_read_the_lag_grows() -> None:
    source, follower = Book(), Follower(Book(), lambda: 0.0)
    catch_up(follower, source, now=10.0)

    for now in (11.0, 12.0, 13.0):
        follower.apply(now)

    assert follower.lag(13.0) == pytest.approx(3.0)


def test_before_the_first_look_the_lag_is_infinite() -> None:
    follower = Follower(Book(), lambda: 0.0)

    follower.apply(5.0)

    assert follower.lag(5.0) == math.inf


def test_held_back_changes_make_a_lag_that_grows_to_the_delay_and_stays_there() -> None:
    delay = 0.0
    source, follower = Book(), Follower(Book(), lambda: delay)
    lags = []
    for tick in range(1, 30):
        if tick == 10:
            delay = 8.0
        source.take(order(tick), now=float(tick))
        catch_up(follower, source, now=float(tick))
        lags.append(follower.lag(float(tick)))

    assert lags[:9] == [0.0] * 9
    assert lags[9:17] == [float(lag) for lag in range(1, 9)]
    assert lags[17:] == [8.0] * 12


def test_cured_it_applies_everything_at_once() -> None:
    delay = 60.0
    source, follower = Book(), Follower(Book(), lambda: delay)
    for number in range(5):
        source.take(order(number), now=1.0)
    catch_up(follower, source, now=2.0)
    assert len(follower.book) == 0

    delay = 0.0
    catch_up(follower, source, now=3.0)

    assert (len(follower.book), follower.lag(3.0)) == (5, 0.0)


def test_reading_only_a_part_is_not_catching_up() -> None:
    source, follower = Book(), Follower(Book(), lambda: 0.0)
    for number in range(10):
        source.take(order(number), now=1.0 + number)

    complete = follower.read(source.feed(0, now=50.0, limit=4))
    follower.apply(50.0)

    assert not complete
    assert follower.lag(50.0) == pytest.approx(46.0)  # through the fourth, taken at 4.0


def test_a_new_book_on_the_other_side_is_read_from_its_beginning() -> None:
    old, new = Book(), Book()
    follower = Follower(Book(), lambda: 0.0)
    for number in range(5):
        old.take(order(number), now=1.0)
    catch_up(follower, old, now=2.0)
    new.take(order(100), now=3.0)

    catch_up(follower, new, now=4.0)

    assert follower.book.find(order(100).id) is not None
    assert (len(follower.book), follower.lag(4.0)) == (6, 0.0)


def test_two_sides_that_follow_each_other_agree_and_come_to_rest() -> None:
    blue, green = Book(), Book()
    greens, blues = Follower(green, lambda: 0.0), Follower(blue, lambda: 0.0)
    blue.take(order(1), now=1.0)
    green.take(order(2), now=1.0)

    for now in (2.0, 3.0, 4.0):
        catch_up(greens, blue, now)
        catch_up(blues, green, now)

    assert {o.id for o in blue.newest(9)} == {o.id for o in green.newest(9)}
    assert (blue.last, green.last) == (2, 2)


@given(
    steps=st.lists(
        st.tuples(st.integers(0, 3), st.floats(0.01, 2.0), st.booleans(), st.floats(0.0, 5.0)),
        max_size=30,
    ),
    limit=st.integers(1, 5),
)
def test_the_lag_never_promises_more_than_is_there(
    steps: list[tuple[int, float, bool, float]], limit: int
) -> None:
    """Whatever happens, everything taken before `through` has been applied, in order."""
    delay, now, number = 0.0, 0.0, 0
    source, follower = Book(), Follower(Book(), lambda: delay)
    for new_orders, pause, reachable, new_delay in steps:
        for _ in range(new_orders):
            number += 1
            source.take(order(number), now)
        now, delay = now + pause, new_delay
        if reachable:
            catch_up(follower, source, now, limit)
        else:
            follower.apply(now)
        taken = [c.order.id for c in source.feed(0, now).changes if c.at < follower.through]
        applied = [c.order.id for c in follower.book.feed(0, now).changes]
        assert applied[: len(taken)] == taken
        assert follower.through <= now


def test_a_feed_survives_the_wire() -> None:
    book = Book()
    book.take(order(1), now=1.5)
    feed = book.feed(0, now=2.5)

    assert parse(json.dumps(asdict(feed)).encode()) == feed


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{}", b'{"book":"a","as_of":1,"last":0,"changes":1}']
)
def test_what_is_no_feed_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(body)


@pytest.mark.parametrize("trouble", [ConnectionRefusedError("nobody there"), b"<html>"])
def test_following_nobody_settles_and_goes_on(trouble: Exception | bytes) -> None:
    """Or else two sides that start together would wait for each other for ever."""
    follower = Follower(Book(), lambda: 0.0)
    source = Book()
    source.take(order(1), now=1.0)
    answers = iter([trouble, json.dumps(asdict(source.feed(0, 2.0))).encode()])
    settled: list[bool] = []

    async def fetch(after: int) -> bytes:
        settled.append(follower.settled)
        answer = next(answers, None)
        if answer is None:
            raise asyncio.CancelledError
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(cdc.follow(follower, fetch))

    assert settled == [False, True, True]
    assert len(follower.book) == 1

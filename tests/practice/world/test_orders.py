from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.practice.world.orders import (
    DECLINED_CARD,
    PRICES,
    Book,
    Line,
    Order,
    Refusal,
    garbled,
    place,
    price,
)


def order(order_id: str, total: int = 1) -> Order:
    return Order(order_id, "customer", [], total, 0.0)


def asked(**changes: object) -> bytes:
    lines = [{"sku": "sku-1", "quantity": 12}, {"sku": "sku-0", "quantity": 1}]
    return json.dumps({"customer": "c", "card": "4000-0001", "lines": lines, **changes}).encode()


def test_an_order_is_priced_and_paid() -> None:
    placed, paid = place(asked(), now=7.0)

    assert (placed.total, placed.customer, placed.placed_at, paid) == (
        11 * 549 + 199,
        "c",
        7.0,
        True,
    )


def test_a_declined_card_does_not_pay() -> None:
    assert place(asked(card=DECLINED_CARD), now=7.0)[1] is False


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        asked(lines=[]),
        asked(lines=None),
        asked(lines=[{"sku": "sku-1"}]),
        asked(lines=[{"sku": "nonsense", "quantity": 1}]),
        asked(lines=[{"sku": "sku-1", "quantity": 0}]),
        asked(lines=[{"sku": "sku-1", "quantity": "many"}]),
    ],
)
def test_what_cannot_be_ordered_is_refused_in_a_sentence(body: bytes) -> None:
    with pytest.raises(Refusal, match=r"\.$"):
        place(body, now=0.0)


@given(quantity=st.integers(1, 999), sku=st.sampled_from(sorted(PRICES)))
def test_more_pieces_never_cost_less(quantity: int, sku: str) -> None:
    one = price([Line(sku=sku, quantity=quantity)])
    more = [Line(sku=sku, quantity=quantity), Line(sku="sku-0", quantity=1)]

    assert 0 < one < price(more)


@given(share=st.floats(0, 1), ids=st.lists(st.integers(0, 2**64 - 1), min_size=1))
def test_the_same_orders_are_garbled_every_time_and_no_fewer_at_a_larger_share(
    share: float, ids: list[int]
) -> None:
    orders = [order(f"{number:016x}") for number in ids]
    wrong = {o.id for o in orders if garbled(o, share) != o}

    assert wrong == {o.id for o in orders if garbled(o, share) != o}
    assert wrong <= {o.id for o in orders if garbled(o, min(1.0, share * 2)) != o}


def test_nothing_is_garbled_at_0_and_everything_at_1() -> None:
    orders = [order("0" * 16), order("f" * 16)]

    assert [garbled(o, 0.0) for o in orders] == orders
    assert [garbled(o, 1.0).total for o in orders] == [2, 2]


def test_a_book_takes_an_order_once() -> None:
    book = Book()

    assert book.take(order("a"), now=1.0)
    assert not book.take(order("a"), now=2.0)
    assert (len(book), book.last) == (1, 1)


def test_a_book_forgets_the_oldest_and_shows_the_newest_first() -> None:
    book = Book(capacity=3)
    for name in "abcde":
        book.take(order(name), now=1.0)

    assert book.find("b") is None
    assert [o.id for o in book.newest(2)] == ["e", "d"]
    assert [change.order.id for change in book.feed(0, now=2.0).changes] == ["c", "d", "e"]


@given(count=st.integers(0, 40), after=st.integers(0, 45), limit=st.integers(1, 10))
def test_a_feed_goes_on_where_the_follower_stopped(count: int, after: int, limit: int) -> None:
    book = Book()
    for number in range(count):
        book.take(order(str(number)), now=float(number))

    feed = book.feed(after, now=99.0, limit=limit)

    expected = list(range(1, count + 1))[after:][:limit]
    assert [change.seq for change in feed.changes] == expected
    assert (feed.book, feed.last, feed.as_of) == (book.id, count, 99.0)

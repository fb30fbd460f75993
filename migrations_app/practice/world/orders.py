"""Orders, and the book each side keeps them in. The book is also the feed of its changes."""

from __future__ import annotations

import json
import secrets
from collections import OrderedDict
from dataclasses import dataclass, replace
from itertools import islice, takewhile
from typing import TypedDict

PRICES = {f"sku-{number}": 199 + 350 * number for number in range(40)}  # cents
CAPACITY = 3_000  # orders a book remembers; the oldest go
DECLINED_CARD = "4000-0002"


class Refusal(ValueError):
    """What was asked for can't be ordered; the sentence says why."""


class Line(TypedDict):
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Order:
    """One placed order. `placed_at` in seconds since the epoch, `total` in cents."""

    id: str
    customer: str
    lines: list[Line]
    total: int
    placed_at: float


@dataclass(frozen=True, slots=True)
class Change:
    """An order as a book took it: the `seq`th, at `at` (seconds since the epoch)."""

    seq: int
    at: float
    order: Order


@dataclass(frozen=True, slots=True)
class Feed:
    """What a book tells a follower: which book it is, its clock, its newest seq, and changes."""

    book: str
    as_of: float
    last: int
    changes: list[Change]


class Book:
    """Every order this side knows, its own and the other side's, in the order it took them."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.id = secrets.token_hex(4)  # a follower that sees another one starts again
        self.last = 0
        self._capacity = capacity
        self._changes: OrderedDict[str, Change] = OrderedDict()

    def __len__(self) -> int:
        return len(self._changes)

    def take(self, order: Order, now: float) -> bool:
        """Write `order` down; False if it is there already."""
        if order.id in self._changes:
            return False
        self.last += 1
        self._changes[order.id] = Change(self.last, now, order)
        if len(self._changes) > self._capacity:
            self._changes.popitem(last=False)
        return True

    def find(self, order_id: str) -> Order | None:
        change = self._changes.get(order_id)
        return change.order if change else None

    def newest(self, count: int) -> list[Order]:
        return [change.order for change in islice(reversed(self._changes.values()), count)]

    def feed(self, after: int, now: float, limit: int = 500) -> Feed:
        """The changes after `after`, oldest first."""
        newest_first = reversed(self._changes.values())
        newer = list(takewhile(lambda change: change.seq > after, newest_first))
        return Feed(self.id, now, self.last, newer[::-1][:limit])


def place(body: bytes, now: float) -> tuple[Order, bool]:
    """Price what a customer asks for; returns the order and whether the card pays for it."""
    try:
        asked = json.loads(body)
        lines = [Line(sku=str(i["sku"]), quantity=int(i["quantity"])) for i in asked["lines"]]
        customer, card = str(asked["customer"]), str(asked["card"])
    except (ValueError, KeyError, TypeError) as error:
        raise Refusal("An order needs a customer, a card and lines of sku and quantity.") from error
    order = Order(secrets.token_hex(8), customer, lines, price(lines), now)
    return order, card != DECLINED_CARD


def price(lines: list[Line]) -> int:
    """The total in cents; every tenth piece of a line is free."""
    if not lines:
        raise Refusal("An order needs at least one line.")
    total = 0
    for line in lines:
        if line["sku"] not in PRICES or not 0 < line["quantity"] < 1_000:
            raise Refusal(f"Nobody can order {line['quantity']} of {line['sku']}.")
        total += PRICES[line["sku"]] * (line["quantity"] - line["quantity"] // 10)
    return total


def garbled(order: Order, share: float) -> Order:
    """The order as a side tells it whose data is wrong for `share` of all orders."""
    return replace(order, total=order.total + 1) if fraction(order.id) < share else order


def fraction(order_id: str) -> float:
    """A number from 0 up to 1 that belongs to the order for good."""
    return int(order_id[:8], 16) / 2**32

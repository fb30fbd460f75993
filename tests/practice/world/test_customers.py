from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from migrations_app.practice.world.customers import RIPE, Customers, Habits
from migrations_app.practice.world.orders import place

if TYPE_CHECKING:
    from migrations_app.practice.world.client import Question


def many(customers: Customers, now: float = 100.0, count: int = 4_000) -> list[Question]:
    return [customers.next(now) for _ in range(count)]


def test_they_do_what_their_habits_say() -> None:
    customers = Customers(Habits(place=0.2, listing=0.1, lost=0.05, impatient=0.3, strangers=0.1))
    customers.placed("a" * 16, now=0.0)

    asked = many(customers)

    what = Counter(
        q.method
        if q.method == "POST"
        else {"/orders": "list", f"/orders/{'a' * 16}": "look"}.get(q.path, "lost")
        for q in asked
    )
    shares = {name: count / len(asked) for name, count in what.items()}
    assert shares == pytest.approx({"POST": 0.2, "list": 0.1, "lost": 0.05, "look": 0.65}, abs=0.05)
    assert sum(q.close for q in asked) / len(asked) == pytest.approx(0.3, abs=0.05)
    strangers = sum("stranger" in q.headers["authorization"] for q in asked)
    assert strangers / len(asked) == pytest.approx(0.1, abs=0.05)


def test_every_order_they_place_can_be_placed() -> None:
    placed = [place(q.body, now=0.0) for q in many(Customers(Habits(place=1.0, declined=0.5)))]

    assert 0.4 < sum(paid for _, paid in placed) / len(placed) < 0.6


def test_by_default_nobody_is_a_stranger_and_every_card_pays() -> None:
    asked = many(Customers(Habits()))

    assert all("customer" in q.headers["authorization"] for q in asked)
    assert all(json.loads(q.body)["card"] == "4000-0001" for q in asked if q.body)


def test_they_look_only_for_orders_that_have_had_time_to_reach_the_other_side() -> None:
    customers = Customers(Habits(place=0.0, listing=0.0, lost=0.0))
    customers.placed("old", now=100.0)
    customers.placed("new", now=100.0 + RIPE)

    assert {q.path for q in many(customers, now=100.0 + RIPE - 0.1)} == {"/orders"}
    assert {q.path for q in many(customers, now=100.0 + RIPE)} == {"/orders/old"}
    assert {q.path for q in many(customers, now=100.0 + 2 * RIPE)} == {"/orders/old", "/orders/new"}

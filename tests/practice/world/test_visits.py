from __future__ import annotations

import asyncio

import pytest

from migrations_app.practice.world.client import Answer, Client, Question
from migrations_app.practice.world.customers import Customers, Habits
from migrations_app.practice.world.meters import LoadMeters
from migrations_app.practice.world.visits import Visits, compare

LOOKING = Habits(place=0.0, listing=0.0, lost=0.0)


class Scripted(Client):
    """Answers with what it is given; remembers what it was asked."""

    def __init__(self, answer: Answer | OSError) -> None:
        super().__init__("nowhere", 0)
        self.answer = answer
        self.asked: list[Question] = []

    async def ask(self, question: Question) -> Answer:
        self.asked.append(question)
        if isinstance(self.answer, OSError):
            raise self.answer
        return self.answer


def served(track: str, status: int = 200, body: bytes = b"same") -> Answer:
    return Answer(status, {"x-served-by": track}, body)


class Street:
    """A front, both sides, and customers who look for one order they know."""

    def __init__(self, front: Answer | OSError, habits: Habits = LOOKING) -> None:
        self.front = Scripted(front)
        self.sides = {"blue": Scripted(served("blue")), "green": Scripted(served("green"))}
        self.meters = LoadMeters(lambda: 0.0, lambda: 0.0)
        self.customers = Customers(habits)
        self.customers.placed("known", now=-100.0)

    def visit(self, *, copied: bool = True) -> dict[str, float]:
        """Make one visit; returns every counter that is no longer zero."""
        visits = Visits(self.front, self.sides, self.customers, self.meters)
        asyncio.run(visits.make(copied=copied))
        return {
            " ".join([s.name, *s.labels.values()]): s.value
            for metric in self.meters.registry.collect()
            for s in metric.samples
            if s.name.endswith("_total") and s.value
        }


@pytest.mark.parametrize(("track", "other"), [("blue", "green"), ("green", "blue")])
def test_the_copy_goes_to_the_side_that_did_not_answer(track: str, other: str) -> None:
    street = Street(served(track))

    counted = street.visit()

    assert counted == {
        f"load_requests_total {track} ok": 1,
        f"load_shadow_requests_total {other}": 1,
        "shadow_compare_total match": 1,
    }
    [copy] = street.sides[other].asked
    assert (copy.path, copy.headers["x-shadow"]) == ("/orders/known", "yes")
    assert street.sides[track].asked == []


def test_without_a_copy_only_the_front_is_asked() -> None:
    assert Street(served("blue")).visit(copied=False) == {"load_requests_total blue ok": 1}


def test_a_copy_that_gets_no_answer_is_an_error_of_the_comparison_only() -> None:
    street = Street(served("blue"))
    street.sides["green"].answer = ConnectionRefusedError()

    assert street.visit() == {
        "load_requests_total blue ok": 1,
        "load_shadow_requests_total green": 1,
        "shadow_compare_total error": 1,
    }


@pytest.mark.parametrize(
    ("answer", "counted"),
    [
        (served("green", 500), "load_requests_total green failed"),
        (served("green", 404), "load_requests_total green ok"),
        (Answer(503, {}, b""), "load_requests_total nobody failed"),
        (TimeoutError(), "load_requests_total nobody lost"),
    ],
)
def test_what_customers_see_is_counted_by_who_answered_and_is_not_copied(
    answer: Answer | OSError, counted: str
) -> None:
    assert Street(answer).visit() == {counted: 1}


def test_lists_are_not_copied() -> None:
    street = Street(served("blue"), Habits(place=0.0, listing=1.0))

    assert street.visit() == {"load_requests_total blue ok": 1}


def test_an_order_that_was_placed_is_looked_for_later() -> None:
    street = Street(served("blue", 201, b'{"id": "fresh"}'), Habits(place=1.0))

    street.visit()

    later = {Customers.next(street.customers, 1e12).path for _ in range(500)}
    assert "/orders" in later
    street.customers._habits = LOOKING
    assert {street.customers.next(1e12).path for _ in range(99)} == {
        "/orders/known",
        "/orders/fresh",
    }


@pytest.mark.parametrize(
    ("answer", "copy", "result"),
    [
        (served("blue"), served("green"), "match"),
        (served("blue"), served("green", body=b"other"), "mismatch"),
        (served("blue"), served("green", 404), "missing"),
        (served("blue"), served("green", 500), "error"),
    ],
)
def test_two_answers_are_compared_by_status_and_body(
    answer: Answer, copy: Answer, result: str
) -> None:
    assert compare(answer, copy) == result

"""What is known of the work at hand, and how far that reaches."""

from __future__ import annotations

import threading
from contextvars import copy_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.about import about, decision, known, learn

FACTS = st.dictionaries(st.sampled_from(["run", "route", "actor"]), st.integers(), max_size=3)


@given(st.lists(FACTS, max_size=6))
def test_what_is_nearer_counts_and_nothing_is_left_behind(layers: list[dict[str, int]]) -> None:
    def within(left: list[dict[str, int]], expected: dict[str, int]) -> None:
        assert known() == expected
        if left:
            with about(**left[0]):
                within(left[1:], expected | left[0])
            assert known() == expected

    within(layers, {})


def test_nothing_is_left_behind_by_what_fails() -> None:
    with pytest.raises(ZeroDivisionError), about(run=7):
        1 / 0  # noqa: B018 (it fails)
    assert known() == {}


def test_what_is_learned_deep_inside_is_known_all_around() -> None:
    with about(request="r"):
        with about(run=7):
            learn(decision="7.4")
        assert known() == {"request": "r", "decision": "7.4"}
    assert known() == {}


def test_the_first_decision_is_the_one_that_the_click_was() -> None:
    with about(request="r"):
        learn(decision="7.4")
        with about(route="web"):
            learn(decision="7.5")
        assert known()["decision"] == "7.4"


def test_outside_of_everything_nothing_is_learned() -> None:
    learn(run=7)
    assert known() == {}


def test_another_thread_knows_what_it_was_given_and_tells_what_it_learned() -> None:
    found = []

    def work() -> None:
        found.append(dict(known()))
        learn(decision="7.4")

    with about(run=7):
        for run in (lambda work: work(), copy_context().run):
            thread = threading.Thread(target=run, args=(work,))
            thread.start()
            thread.join()
        assert found == [{}, {"run": 7}]
        assert known()["decision"] == "7.4"


def test_a_decision_is_named_by_what_it_made() -> None:
    assert decision(7, 4) == "7.4"

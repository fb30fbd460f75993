"""Which run a word means; what a button's value tells and to whom."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.errors import Refused
from migrations_app.domain.states import Verb
from migrations_app.reads.slack import NOWHERE, run_named
from migrations_app.reads.slack_buttons import About, sealed, unsealed

RUNS = [(7, "orders-db"), (71, "orders-cache"), (8, "search"), (9, "72")]
ABOUTS = st.builds(About, st.integers(1, 2**60), st.integers(0, 2**31), st.none() | st.integers(0))


@pytest.mark.parametrize(
    ("word", "run"), [("7", 7), ("orders-db", 7), ("ORDERS-DB", 7), ("cache", 71), ("72", 9)]
)
def test_a_number_a_name_or_a_part_of_just_one(word: str, run: int) -> None:
    assert run_named(RUNS, word) == run


@pytest.mark.parametrize("word", ["", "unheard-of", "0"])
def test_none_is_as_if_it_were_not_there(word: str) -> None:
    with pytest.raises(Refused, match=NOWHERE):
        run_named(RUNS, word)


def test_more_than_one_is_asked_about() -> None:
    with pytest.raises(Refused, match=r"Say its number: 7, 71\."):
        run_named(RUNS, "orders")
    with pytest.raises(Refused, match=r"Say its number: 1, 2\."):
        run_named([(1, "orders-db"), (2, "orders-db")], "orders-db")


@given(ABOUTS, st.sampled_from(Verb), st.sampled_from(Verb))
def test_a_value_is_for_its_verb_alone_and_the_same_for_the_same(
    about: About, verb: Verb, other: Verb
) -> None:
    value = sealed(about, verb)
    assert value == sealed(about, verb)
    assert len(value) < 300
    assert unsealed(value, verb) == about
    assert (unsealed(value, other) is None) == (verb is not other)


@given(ABOUTS, st.data())
def test_nobody_changes_a_value(about: About, data: st.DataObject) -> None:
    value = sealed(about, Verb.GO)
    at = data.draw(st.integers(0, len(value) - 1))
    char = data.draw(st.sampled_from("abcXYZ019-_:."))
    changed = value[:at] + char + value[at + 1 :]
    assert (unsealed(changed, Verb.GO) is not None) == (changed == value)


@given(st.text(max_size=100))
def test_odd_values_are_none_of_ours(value: str) -> None:
    assert unsealed(value, Verb.GO) is None

"""Whatever is thrown at `load`, it answers with a plan or a `RunbookError`."""

from __future__ import annotations

from contextlib import suppress

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from migrations_app.domain.plan.problem import RunbookError
from migrations_app.domain.plan.runbook import load
from migrations_app.domain.plan.schema import Plan
from tests.domain.plan.strategies import JSON
from tests.domain.plan.test_roundtrip import BUILT_IN, built_in

RUNBOOKS = [built_in(name) for name in BUILT_IN]
PIECES = [
    ":",
    "-",
    "?",
    "[",
    "]",
    "{",
    "}",
    "&a",
    "*a",
    "!x",
    "|",
    ">",
    "'",
    '"',
    "#",
    "---",
    "...",
]
SOUP = st.lists(
    st.sampled_from([*PIECES, "\n", "  ", "\t", *Plan.model_fields]) | st.text(max_size=4),
    max_size=60,
).map("".join)


def answers(text: str) -> None:
    """A plan, or problems that each say something."""
    with suppress(RunbookError):
        load(text)


@given(st.text())
def test_any_text(text: str) -> None:
    answers(text)


@given(SOUP)
def test_anything_that_looks_like_yaml(text: str) -> None:
    answers(text)


@given(st.dictionaries(st.sampled_from([*Plan.model_fields]), JSON))
@settings(deadline=None)
def test_any_data_under_the_keys_of_a_plan(data: object) -> None:
    with suppress(yaml.YAMLError):
        answers(yaml.safe_dump(data))


@given(st.data())
@settings(deadline=None)
def test_a_runbook_with_a_piece_replaced(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(RUNBOOKS))
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    answers(text[:start] + data.draw(SOUP | st.text(max_size=10)) + text[end:])


@given(st.data())
@settings(deadline=None)
def test_a_runbook_with_its_lines_shuffled(data: st.DataObject) -> None:
    lines = data.draw(st.sampled_from(RUNBOOKS)).splitlines()[:60]
    answers("\n".join(data.draw(st.permutations(lines))))

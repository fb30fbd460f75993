"""Sealed lines: what we wrote is read back, anything else is not believed."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.sealed import Broken, opened, sealed

KEY = "a key"
WORDS = st.text(st.characters(codec="utf-8"), max_size=20)
BODIES = st.dictionaries(
    WORDS.filter(lambda word: word != "seal"),
    st.none() | st.booleans() | st.integers() | WORDS | st.lists(WORDS, max_size=3),
    max_size=5,
)


@given(BODIES)
def test_what_was_sealed_is_read_back_on_one_line(body: dict[str, object]) -> None:
    line = sealed(body, KEY)  # type: ignore[arg-type]  # any JSON
    assert "\n" not in line
    assert opened(line, KEY) == body


@given(BODIES, WORDS.filter(lambda word: word != KEY))
def test_another_key_opens_nothing(body: dict[str, object], key: str) -> None:
    with pytest.raises(Broken):
        opened(sealed(body, KEY), key)  # type: ignore[arg-type]  # any JSON


def test_a_changed_line_is_not_believed() -> None:
    line = sealed({"baseline": "0", "run": 1}, KEY)
    with pytest.raises(Broken, match="changed since"):
        opened(line.replace('"0"', '"100"'), KEY)


@pytest.mark.parametrize("line", [
    "", "nonsense", "[]", "1", "null", "{}", json.dumps({"seal": None}), json.dumps({"seal": "x"}),
    "[" * 100_000, json.dumps({"run": 1}),
])  # fmt: skip
def test_whatever_lies_there_is_refused_with_a_sentence(line: str) -> None:
    with pytest.raises(Broken) as broken:
        opened(line, KEY)
    assert str(broken.value).endswith(".")

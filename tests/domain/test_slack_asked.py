"""`/warroom` and what comes behind it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.slack.asked import HELP, Ask, Asked, read


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("", Asked(Ask.STATUS)),
        ("   ", Asked(Ask.STATUS)),
        ("Status orders db", Asked(Ask.STATUS, "orders db", word="Status")),
        ("note 7 it is quiet", Asked(Ask.NOTE, "7", "it is quiet", "note")),
        ("note 7", Asked(Ask.NOTE, "7", "", "note")),
        ("link", Asked(Ask.LINK, word="link")),
        ("roll back now", Asked(None, word="roll")),
    ],
)
def test_one_word_and_what_it_is_about(text: str, asked: Asked) -> None:
    assert read(text) == asked


@given(st.text(max_size=200))
def test_whatever_is_typed_is_read(text: str) -> None:
    asked = read(text)
    assert len(asked.word) <= max(40, len("unlink"))
    assert asked.text == asked.text.strip()


def test_every_word_is_explained() -> None:
    forms = " ".join(form for form, _ in HELP)
    assert all(ask.value in forms for ask in Ask if ask is not Ask.HELP)

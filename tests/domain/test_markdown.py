"""No text leaves its line or its cell, and none becomes markup. A real parser says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from migrations_app.domain.markdown import inline, table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token

NASTY = [
    "a | b", "\\| c", "\\", "\\\\|", "`code`", "**bold**", "_x_", "<script>alert(1)</script>",
    "[link](http://x)", "![i](x)", "line\nbreak", "a\r\n\r\n# Title", "| --- |", "&lt;", "&#124;",
    "http://example.com", "www.example.com", "a@example.com", "~~gone~~", "#12 @ana $x$", "- item",
    "1. one", "> quote", "\x00", "\u2028next", "\u202eright to left", "a\x85b", "    code", "~~~",
]  # fmt: skip
TEXT = st.one_of(st.sampled_from(NASTY), st.text(), st.lists(st.sampled_from(NASTY)).map("".join))
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def leaves(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield from leaves(token.children) if token.children else [token]


def seen(text: str) -> str:
    """What a reader is to see of `text`."""
    kept = "".join("\ufffd" if one in "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066"
                   "\u2067\u2068\u2069\ufeff" else one for one in text)  # fmt: skip
    control = "".join(" " if one < " " or one in "\x7f\x85" else one for one in kept)
    return " ".join(control.split())


@given(TEXT)
def test_a_text_is_one_text_on_one_line(text: str) -> None:
    line = f"**When** · {inline(text)}"
    assert len(line.splitlines()) == 1
    tokens = PARSER.parse(line)
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    kinds = {token.type for token in leaves(tokens)}
    assert kinds <= {"strong_open", "strong_close", "text", "text_special", "paragraph_open",
                     "paragraph_close"}  # fmt: skip


@given(TEXT)
@example("a|b\\|c")
def test_a_reader_sees_what_was_written(text: str) -> None:
    tokens = PARSER.parse(f"x{inline(f'x {text} x')}")
    assert "".join(token.content for token in leaves(tokens)) == f"x{seen(f'x {text} x')}"


@given(st.lists(st.lists(TEXT, min_size=2, max_size=2), min_size=1, max_size=4))
def test_no_cell_becomes_two_and_no_row_becomes_none(rows: list[list[str]]) -> None:
    tokens = PARSER.parse(table(("Check", "Why"), rows))
    assert sum(token.type == "td_open" for token in tokens) == 2 * len(rows)
    assert sum(token.type == "tr_open" for token in tokens) == len(rows) + 1
    cells = [token for token in tokens if token.type == "inline"][2:]
    assert ["".join(leaf.content for leaf in leaves([cell])) for cell in cells] == [
        seen(cell) for row in rows for cell in row
    ]


@pytest.mark.parametrize("text", ["http://x.y", "www.x.y", "WWW.x.y", "a@b.c", "mailto:a@b.c"])
def test_addresses_are_no_links_where_they_are_made_by_themselves(text: str) -> None:
    escaped = inline(text)
    assert "http:" not in escaped
    assert "www." not in escaped.lower()
    assert "b.c" not in escaped or "\\@" in escaped

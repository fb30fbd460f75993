"""Slack's markup comes out as what people read, bounded, and with nothing hidden in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.slack.wording import ELLIPSIS, plain

ANY = st.text(st.characters(exclude_categories=[]), max_size=300)
HIDDEN = set("\x00\x07\x1b\u200b\u202e\u2066\ud800\n\r\t")


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("p95 &lt; 250 ms &amp; falling", "p95 < 250 ms & falling"),
        ("&amp;lt; is written so", "&lt; is written so"),
        ("<@U0ANA> and <@U0RAVI|ravi>", "@U0ANA and @ravi"),
        ("in <#C1|war-room>", "in #war-room"),
        ("<!here> <!channel|@channel> <!subteam^S1|@dbas>", "@here @channel @dbas"),
        ("<!date^1392734382^{time}|06:39 UTC>", "06:39 UTC"),
        ("<https://x.example/a?b=1&amp;c=2>", "https://x.example/a?b=1&c=2"),
        ("<http://x.example|x.example>", "x.example"),
        ("<https://evil.example|https://bank.example>",
         "https://bank.example (https://evil.example)"),
        ("<mailto:a@x.example|a@x.example>", "a@x.example"),
        ("one\ntwo\t three", "one two three"),
        ("a\u202eb\u200bc", "a b c"),
        ("&copy; stays", "&copy; stays"),
        ("", ""),
    ],
)  # fmt: skip
def test_it_reads_as_people_see_it(raw: str, read: str) -> None:
    assert plain(raw, 100) == read


@given(ANY, st.integers(1, 120))
def test_whatever_comes_it_is_bounded_and_plain(raw: str, longest: int) -> None:
    read = plain(raw, longest)
    assert len(read) <= longest
    assert not HIDDEN & set(read)
    assert read == " ".join(read.split())


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf", "Z"]), max_size=100))
def test_what_was_typed_is_what_is_read(typed: str) -> None:
    escaped = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert plain(escaped, 100) == typed


def test_what_is_cut_says_so() -> None:
    assert plain("word " * 200, 20) == "word word word word" + ELLIPSIS

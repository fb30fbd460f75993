"""Whatever anybody writes, Slack gets valid blocks that ring nobody."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.channels.slack.blocks import FALLBACK, ICONS, render
from migrations_app.channels.slack.text import (
    BREAK,
    ELLIPSIS,
    clip,
    link,
    one_line,
    safe,
    size,
)
from migrations_app.domain.message import Message, Style, Tone
from tests.channels.slack_rules import mentions, problems, units

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECES = ["<!channel>", "<@U1>", "@here", "@EVERYONE", "&lt;!here&gt;", "<", ">", "&", "|", "*"]
HIDDEN = ["\n", "\t", "\0", "\ud800", "\u202e", "\u200b", "😀", "@\u200bchannel", ""]
NASTY = st.sampled_from([*PIECES, *HIDDEN])
ANY = st.text(st.characters(exclude_categories=[]), max_size=80) | st.lists(NASTY, max_size=12).map(
    "".join
)
LONG = st.builds(lambda text, times: text * times, ANY, st.integers(2, 200))
TEXT = ANY | LONG
URL = TEXT | st.just("https://warroom.example/runs/42") | ANY.map("https://x.example/".__add__)
MESSAGES = st.builds(
    Message,
    key=st.just("k"),
    style=st.sampled_from(Style),
    tone=st.sampled_from(Tone),
    headline=TEXT,
    lines=st.lists(TEXT, max_size=12).map(tuple),
    facts=st.lists(st.tuples(TEXT, TEXT), max_size=12).map(tuple),
    link=st.none() | URL,
)
OWN_LINK = re.compile(r"<https?://[^<>|\s]+\|Open the room>")


def texts(value: object) -> Iterator[str]:
    """Every text in a tree of blocks."""
    match value:
        case {"text": str(text)}:
            yield text
        case dict():
            for inner in value.values():
                yield from texts(inner)
        case list():
            for inner in value:
                yield from texts(inner)
        case _:
            return


@given(MESSAGES)
def test_any_message_is_valid_and_inert(message: Message) -> None:
    text, blocks = render(message)
    assert problems(blocks) == []
    assert 1 <= units(text) <= FALLBACK
    assert mentions(text, blocks) == []
    for shown in [text, *texts(blocks)]:
        assert not set("<>") & set(OWN_LINK.sub("", shown))
        assert not re.search("@(channel|here|everyone|group)", shown, re.IGNORECASE)
        assert re.sub("&(amp|lt|gt);", "", OWN_LINK.sub("", shown)).count("&") == 0
    json.dumps(blocks, ensure_ascii=False).encode()


@given(MESSAGES)
def test_every_block_of_markup_is_verbatim_and_every_tone_has_its_word(message: Message) -> None:
    text, blocks = render(message)
    assert json.dumps(blocks).count('"mrkdwn"') == json.dumps(blocks).count('"verbatim": true')
    opening = f"{ICONS[message.tone]} {message.tone.upper()}: "
    assert text.startswith(opening)
    assert next(texts(blocks)).startswith(opening)


def test_tones_differ_without_colour() -> None:
    assert len(set(ICONS.values())) == len(ICONS) == len(Tone)


@given(TEXT, st.integers(2, 200))
def test_clipping_keeps_the_limit_and_whole_entities(raw: str, limit: int) -> None:
    text = safe(raw)
    cut = clip(text, limit)
    assert size(cut) <= limit
    assert cut == text or cut.endswith(ELLIPSIS)
    assert text.startswith(cut.removesuffix(ELLIPSIS))
    assert "&" not in re.sub("&(amp|lt|gt);", "", cut)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Cf"])))
def test_what_people_wrote_is_what_people_read(raw: str) -> None:
    assert unescape(safe(raw)).replace(BREAK, "") == raw


@given(TEXT)
def test_sizes_are_counted_as_strictly_as_slack_could(raw: str) -> None:
    assert size(safe(raw)) == units(safe(raw))
    assert "\n" not in one_line(raw)


def test_it_reads_well() -> None:
    message = Message(
        key="k",
        style=Style.POST,
        tone=Tone.ALARM,
        headline="Rolled back to BLUE",
        lines=("p95 was 310 ms > 250 ms for 3m.", "Decided by the abort criterion p95."),
        facts=(("Route web", "100 % BLUE"), ("Took", "1.2 s")),
        link="https://warroom.example/runs/42?a=1&b=2",
    )
    text, blocks = render(message)
    assert text.splitlines() == [
        "🚨 ALARM: Rolled back to BLUE",
        "p95 was 310 ms &gt; 250 ms for 3m.",
        "Decided by the abort criterion p95.",
        "Route web: 100 % BLUE",
        "Took: 1.2 s",
    ]
    assert list(texts(blocks)) == [
        "🚨 ALARM: Rolled back to BLUE",
        "p95 was 310 ms &gt; 250 ms for 3m.\nDecided by the abort criterion p95.",
        "*Route web*\n100 % BLUE",
        "*Took*\n1.2 s",
        "<https://warroom.example/runs/42?a=1&amp;b=2|Open the room>",
    ]


def test_what_does_not_fit_is_counted() -> None:
    lines = tuple(f"{number} " + "x" * 990 for number in range(9))
    facts = tuple((f"fact {number}", "y" * 400) for number in range(12))
    _, blocks = render(Message("k", Style.POST, Tone.CALM, "much", lines, facts))
    shown = "\n".join(texts(blocks))
    assert "… and 4 more lines: see the room" in shown
    assert "… and 4 more facts: see the room" in shown


@pytest.mark.parametrize(
    "url",
    [
        "https://x.example/\ud800",
        "https://slack.com@x.example/",
        "javascript:alert(1)",
        "ftp://x.example",
        "",
        "https://[",
        "https://x.example/" + "y" * 500,
    ],
)
def test_only_a_plain_web_address_becomes_a_link(url: str) -> None:
    assert link(url, "Open the room") == ""


def test_a_link_can_not_be_broken_out_of() -> None:
    assert link("https://x.example/a|b><!channel> c", "Open the room") == (
        "<https://x.example/a%7Cb%3E%3C!channel%3E%20c|Open the room>"
    )

"""Whatever anybody writes, Slack gets valid buttons, forms and answers that ring nobody."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from migrations_app.channels.slack.blocks import render
from migrations_app.channels.slack.views import Form, form, mistake, outcome, whisper
from migrations_app.domain.message import Button, Confirm, Look, Message, Style, Tone
from tests.channels.slack_rules import mentions, problems
from tests.channels.slack_view_rules import answer_problems, view_problems
from tests.channels.test_slack_blocks import TEXT, URL

NAMES = st.sampled_from(["go", "no_go", "roll_back", "open", "complete"])
CONFIRMS = st.none() | st.builds(Confirm, TEXT, TEXT, TEXT, TEXT)
BUTTONS = st.builds(
    Button,
    action=NAMES,
    label=TEXT,
    value=st.sampled_from(["", "sealed", "x" * 300]),
    link=st.sampled_from(["", "https://warroom.example/runs/1/"]),
    look=st.sampled_from(Look),
    confirm=CONFIRMS,
)
ROW = st.lists(BUTTONS, min_size=1, max_size=5, unique_by=lambda one: one.action).map(tuple)
ROWS = st.lists(ROW, max_size=3).map(tuple)
LINES = st.lists(TEXT, max_size=8).map(tuple)


@given(ROWS, TEXT)
def test_any_buttons_are_valid_and_inert(rows: tuple[tuple[Button, ...], ...], text: str) -> None:
    said, blocks = render(Message("k", Style.LIVE, Tone.CALM, text, rows=rows))
    assert problems(blocks) == []
    assert sum(one["type"] == "actions" for one in blocks) == len(rows)
    assert mentions(said, [one for one in blocks if one["type"] != "actions"]) == []
    json.dumps(blocks, ensure_ascii=False).encode()


@given(st.builds(Form, NAMES, TEXT, TEXT, st.just("sealed"), LINES, TEXT, st.integers(1, 3000)))
def test_any_form_is_valid_and_inert(one: Form) -> None:
    view = form(one)
    blocks = view["blocks"]
    assert isinstance(blocks, list)
    assert view_problems(view) == []
    sections = [block for block in blocks if block["type"] != "input"]
    assert problems(sections) == []
    assert mentions("", sections) == []


@given(TEXT, TEXT, URL)
def test_what_came_of_a_form_is_a_valid_form(title: str, sentence: str, way: str) -> None:
    answer = outcome(title, sentence, way)
    view = answer["view"]
    assert isinstance(view, dict)
    assert view_problems(view) == []
    assert problems(view["blocks"]) == []
    assert mentions("", view["blocks"]) == []
    assert mistake(sentence)["response_action"] == "errors"


@given(
    st.lists(TEXT, min_size=1, max_size=6), st.lists(st.tuples(URL, st.just("Room")), max_size=8)
)
def test_any_answer_is_inert_and_for_one_person(
    said: list[str], links: list[tuple[str, str]]
) -> None:
    answer = whisper(["So it is.", *said], links)
    assert answer_problems(answer) == []
    assert answer["response_type"] == "ephemeral"
    assert answer["replace_original"] is False
    assert mentions(str(answer["text"]), []) == []


def test_it_reads_well() -> None:
    answer = whisper(["Go waits for: ravi & <you>."], [("https://x.example/runs/1/", "Open")])
    assert answer["text"] == (
        "Go waits for: ravi &amp; &lt;you&gt;.\n<https://x.example/runs/1/|Open>"
    )

"""Payloads in the shapes that Slack sends, odd ones included; and whatever else may come."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from migrations_app.domain.slack.inbound import (
    INTERACTION,
    KNOWN,
    Command,
    Happened,
    Pressed,
    Shortcut,
    Submitted,
)

USER: dict[str, Any] = {"id": "U02A3BC4D", "username": "ana.b", "name": "ana.b", "team_id": "T9TK3"}
TEAM = {"id": "T9TK3", "domain": "acme"}
PRESSED: dict[str, Any] = {
    "type": "block_actions",
    "user": USER,
    "api_app_id": "A02",
    "token": "verification-tokens-are-deprecated",
    "container": {
        "type": "message", "message_ts": "1700000001.000200", "channel_id": "C02WARROOM",
        "is_ephemeral": False,
    },
    "trigger_id": "7001.7002.a-trigger",
    "team": TEAM,
    "enterprise": None,
    "is_enterprise_install": False,
    "channel": {"id": "C02WARROOM", "name": "war-room"},
    "message": {"type": "message", "text": "shown", "ts": "1700000001.000200"},
    "response_url": "https://hooks.slack.com/actions/T9TK3/1/one",
    "actions": [
        {
            "action_id": "go", "block_id": "=qXel", "value": "sealed", "type": "button",
            "text": {"type": "plain_text", "text": "Go…", "emoji": False},
            "action_ts": "1700000002.840180",
        }
    ],
}  # fmt: skip
SHORTCUT: dict[str, Any] = {
    "type": "message_action",
    "callback_id": "timeline",
    "trigger_id": "7003.7004.a-trigger",
    "response_url": "https://hooks.slack.com/app-actions/T9TK3/2/two",
    "user": USER,
    "team": TEAM,
    "channel": {"id": "G12345678", "name": "privategroup"},
    "message": {"type": "message", "user": "W0SOMEONE", "ts": "1700000005.000133", "text": "so"},
}
SENT: dict[str, Any] = {
    "type": "view_submission",
    "user": USER,
    "team": None,
    "view": {
        "id": "V02FORM",
        "callback_id": "no_go",
        "private_metadata": "sealed",
        "state": {"values": {"reason": {"reason": {"type": "plain_text_input", "value": None}}}},
    },
    "response_urls": [],
}
HAPPENED: dict[str, Any] = {
    "token": "deprecated",
    "team_id": "T9TK3",
    "api_app_id": "A02WARROOM",
    "event": {
        "type": "reaction_added", "user": "U02A3BC4D", "reaction": "thumbsup",
        "item": {"type": "message", "channel": "C02WARROOM", "ts": "1700000003.000002"},
        "item_user": "U222222222", "event_ts": "1700000004.336841",
    },
    "type": "event_callback",
    "event_id": "Ev02wArRoOm",
    "event_time": 1700000004,
    "authorizations": [{"enterprise_id": None, "team_id": "T9TK3", "is_bot": True}],
}  # fmt: skip


def test_as_slack_sends_them() -> None:
    pressed = INTERACTION.validate_python(PRESSED)
    assert isinstance(pressed, Pressed)
    assert pressed.actions[0].value == "sealed"
    assert isinstance(INTERACTION.validate_python(SHORTCUT), Shortcut)
    sent = INTERACTION.validate_python(SENT)
    assert isinstance(sent, Submitted)
    assert sent.team is None
    assert Happened.model_validate(HAPPENED).event.reaction == "thumbsup"


def test_a_link_has_no_value_and_a_file_no_text() -> None:
    button = {key: value for key, value in PRESSED["actions"][0].items() if key != "value"}
    pressed = INTERACTION.validate_python(PRESSED | {"actions": [button]})
    assert isinstance(pressed, Pressed)
    assert pressed.actions[0].value == ""
    bare = SHORTCUT | {"message": {"ts": "1700000005.000133", "text": None, "user": None}}
    shortcut = INTERACTION.validate_python(bare)
    assert isinstance(shortcut, Shortcut)
    assert shortcut.message.words == ""


@pytest.mark.parametrize(
    ("payload", "change"),
    [
        (PRESSED, {"user": {}}),
        (PRESSED, {"actions": []}),
        (PRESSED, {"response_url": "x" * 501}),
        (PRESSED, {"user": USER | {"id": "U1; DROP TABLE"}}),
        (SHORTCUT, {"message": {"ts": "yesterday", "text": "x"}}),
        (SENT, {"view": {"id": "../V1"}}),
    ],
)
def test_what_is_odd_is_refused(payload: dict[str, Any], change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        INTERACTION.validate_python(payload | change)
    assert "DROP TABLE" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.sampled_from([PRESSED, SHORTCUT, SENT]), st.data())
def test_whatever_stands_in_a_field_is_read_or_refused(
    payload: dict[str, Any], data: st.DataObject
) -> None:
    field = data.draw(st.sampled_from(sorted(payload)))
    raw = json.dumps(payload | {field: data.draw(JSON)})
    try:
        read = INTERACTION.validate_json(raw)
    except ValidationError:
        return
    assert read.type in KNOWN


def test_a_command_is_a_form() -> None:
    form = {"team_id": "T9TK3", "team_domain": "acme", "user_id": "U02A3BC4D",
            "user_name": "ana.b", "command": "/warroom", "text": "status"}  # fmt: skip
    assert Command.model_validate(form).text == "status"
    with pytest.raises(ValidationError):
        Command.model_validate(form | {"user_id": "<script>"})

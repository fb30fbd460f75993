"""Configuration is refused early, and its refusals keep the token to themselves."""

from __future__ import annotations

import pytest
from pydantic import SecretStr, ValidationError

from migrations_app.channels.slack.config import SlackConfig

TOKEN = "xoxb-not-for-your-eyes"


def config(**more: object) -> SlackConfig:
    return SlackConfig.model_validate({"token": TOKEN, "channel": "#war-room", **more})


def test_slack_itself_is_the_default() -> None:
    assert config().base_url == "https://slack.com/api/"
    assert config().timeout == 5.0


@pytest.mark.parametrize(
    "url",
    [
        "https://proxy.example/slack",
        "http://127.0.0.1:9/api",
        "http://[::1]:9",
        "http://localhost/",
    ],
)
def test_addresses_that_will_do(url: str) -> None:
    assert config(base_url=url).base_url == url.rstrip("/") + "/"


@pytest.mark.parametrize(
    "url",
    [
        "http://slack.com/api/",
        "http://127.0.0.1.evil.example/",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "slack.com",
        "https://",
        "https://me:word@slack.com/api/",
        "https://slack.com/api/?token=1",
        "https://slack.com/api/#x",
    ],
)
def test_addresses_that_will_not(url: str) -> None:
    with pytest.raises(ValidationError, match="base_url"):
        config(base_url=url)


@pytest.mark.parametrize(
    "name", ["#war-room", "#krieg_1", "#été", "C0123ABCD", "G01234567", "D01234567"]
)
def test_channels_that_will_do(name: str) -> None:
    assert config(channel=name).channel == name


@pytest.mark.parametrize(
    "name", ["", "#", "war-room", "#War", "# x", "@ana", "U01234567", "C01", "<#C1>", "#a\n"]
)
def test_channels_that_will_not(name: str) -> None:
    with pytest.raises(ValidationError, match="channel"):
        config(channel=name)


@pytest.mark.parametrize("token", ["", "  ", f"{TOKEN}\nX-Evil: 1", f"{TOKEN} {TOKEN}", "xoxb-é"])
def test_tokens_that_would_break_a_header(token: str) -> None:
    with pytest.raises(ValidationError, match="token") as refused:
        config(token=token)
    assert TOKEN not in str(refused.value)


def test_a_token_is_trimmed() -> None:
    assert config(token=f" {TOKEN}\n").token == SecretStr(TOKEN)


@pytest.mark.parametrize(
    "more", [{"colour": "red"}, {"timeout": 0}, {"timeout": 10.5}, {"channel": 1}]
)
def test_refusals_do_not_show_the_token(more: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refused:
        config(**more)
    assert TOKEN not in str(refused.value) + repr(refused.value)


def test_a_missing_key_does_not_show_the_token_either() -> None:
    with pytest.raises(ValidationError, match="channel") as refused:
        SlackConfig.model_validate({"token": TOKEN})
    assert TOKEN not in str(refused.value) + repr(refused.value)


def test_nothing_printable_holds_the_token() -> None:
    ours = config()
    assert TOKEN not in repr(ours) + str(ours) + ours.model_dump_json() + str(ours.model_dump())

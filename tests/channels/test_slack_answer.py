"""An answer goes to Slack and nowhere else, soon or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from migrations_app.channels.slack import answer as slack_answer
from migrations_app.channels.slack.answer import answer
from migrations_app.channels.slack.views import whisper
from migrations_app.domain.errors import ConfigError, Permanent, Transient, WarroomError

if TYPE_CHECKING:
    from tests.slack_server import SlackServer

SAID = whisper(["Done."])


def test_it_arrives(slack: SlackServer) -> None:
    answer(f"{slack.hooks}actions/T0/1/secret", SAID, slack.hooks)
    assert slack.people.told() == "Done."


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/hooks",
        "https://hooks.slack.com.evil.example/",
        "https://hooks.slack.com@evil.example/",
        "http://hooks.slack.com/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "",
    ],
)
def test_it_goes_nowhere_else(address: str) -> None:
    with pytest.raises(ConfigError) as caught:
        answer(address, SAID, "https://hooks.slack.com/")
    assert not address or address not in str(caught.value)


@pytest.mark.parametrize(
    ("mishap", "kind"),
    [
        ("drop_unstored", Transient),
        ("hang", Transient),
        ("500", Permanent),
        ("redirect", Permanent),
    ],
)
def test_what_goes_wrong_is_a_sentence_without_the_address(
    slack: SlackServer, monkeypatch: pytest.MonkeyPatch, mishap: str, kind: type[WarroomError]
) -> None:
    monkeypatch.setattr(slack_answer, "PATIENCE_S", 0.3)
    slack.elsewhere = f"{slack.hooks}elsewhere"
    slack.fail_next(mishap)
    with pytest.raises(kind) as caught:
        answer(f"{slack.hooks}actions/secret", SAID, slack.hooks)
    assert "secret" not in str(caught.value)
    assert caught.value.__context__ is None or caught.value.__suppress_context__
    assert slack.people.answers == []


def test_nobody_there_is_a_sentence_too(slack: SlackServer) -> None:
    slack.stop()
    with pytest.raises(Transient, match="could not be answered"):
        answer(f"{slack.hooks}actions/secret", SAID, slack.hooks)


def test_an_address_takes_five_answers(slack: SlackServer) -> None:
    for _ in range(5):
        answer(f"{slack.hooks}one", SAID, slack.hooks)
    with pytest.raises(Permanent, match="HTTP 404"):
        answer(f"{slack.hooks}one", SAID, slack.hooks)

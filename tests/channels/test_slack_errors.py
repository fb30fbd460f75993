"""Every refusal says whether it happened and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.channels.slack.advice import ADVICE, AWAY, BUSY, GONE, MALFORMED, UNSURE
from migrations_app.channels.slack.errors import Refusal, SlackRefused, explain
from migrations_app.channels.slack.wire import NOT_SLACK
from migrations_app.domain.errors import Permanent, SeamError, Transient, UnknownOutcome
from tests.channels.build import called, channel_to
from tests.channels.contract import POST
from tests.slack_server import TOKEN

if TYPE_CHECKING:
    from tests.slack_server import SlackServer

DO = {
    "not_in_channel": "invite the Warroom app to #room",
    "channel_not_found": "correct the channel",
    "is_archived": "unarchive it",
    "invalid_auth": "put a valid bot token",
    "token_revoked": "reinstall the Warroom app",
    "account_inactive": "reinstall it",
    "missing_scope": "add the scope pins:write",
    "invalid_blocks": "report this as a fault of Warroom",
    "msg_blocks_too_long": "report this as a fault of Warroom",
    "restricted_action": "ask a workspace admin",
    "some_new_error": "look this name up",
}


@pytest.mark.parametrize("error", DO)
def test_a_permanent_refusal_names_itself_and_says_what_to_do(error: str) -> None:
    said = explain(Refusal(200, error, needed="pins:write"), "#room", repeatable=False)
    assert isinstance(said, Permanent)
    assert f'"{error}"' in str(said)
    assert DO[error] in str(said)


@pytest.mark.parametrize("error", sorted(BUSY))
def test_busy_passes_on_how_long_to_wait(error: str) -> None:
    said = explain(Refusal(200, error, retry_after=30.0), "#room", repeatable=False)
    assert isinstance(said, Transient)
    assert said.retry_after == 30.0


@pytest.mark.parametrize("error", sorted(UNSURE))
def test_what_may_have_happened_is_unknown_unless_repeating_is_harmless(error: str) -> None:
    refusal = Refusal(200, error)
    assert isinstance(explain(refusal, "#room", repeatable=False), UnknownOutcome)
    assert isinstance(explain(refusal, "#room", repeatable=True), Transient)


HTTP = [
    (302, Permanent),
    (404, Permanent),
    (407, Permanent),
    (408, Transient),
    (429, Transient),
    (500, UnknownOutcome),
    (502, UnknownOutcome),
    (503, Transient),
    (504, UnknownOutcome),
    (200, UnknownOutcome),
]


def test_a_server_error_leaves_it_unknown_whatever_name_it_gives() -> None:
    said = explain(Refusal(500, "no_permission"), "#room", repeatable=False)
    assert isinstance(said, UnknownOutcome)


@pytest.mark.parametrize(("status", "kind"), HTTP)
def test_an_answer_that_is_not_slacks(status: int, kind: type[SeamError]) -> None:
    assert type(explain(Refusal(status, NOT_SLACK), "#room", repeatable=False)) in {
        kind,
        SlackRefused if kind is Permanent else kind,
    }


def test_no_name_means_two_things() -> None:
    groups = [BUSY, AWAY, UNSURE, GONE, MALFORMED, frozenset(ADVICE)]
    assert sum(map(len, groups)) == len(frozenset().union(*groups))


@given(
    status=st.integers(100, 599),
    error=st.from_regex(r"[a-z_]{1,20}", fullmatch=True) | st.sampled_from(sorted(ADVICE)),
    needed=st.sampled_from(["", "pins:write"]),
    repeatable=st.booleans(),
)
def test_every_refusal_is_a_sentence_and_repeatable_calls_are_never_unknown(
    status: int, error: str, needed: str, *, repeatable: bool
) -> None:
    said = explain(Refusal(status, error, needed), "#room", repeatable=repeatable)
    assert str(said)[0].isupper()
    assert str(said).endswith(".")
    assert "{" not in str(said)
    assert not (repeatable and isinstance(said, UnknownOutcome))


SERVER = [
    ("429", Transient),
    ("rate_limited", Transient),
    ("500", UnknownOutcome),
    ("500_stored", UnknownOutcome),
    ("503", Transient),
    ("service_unavailable", Transient),
    ("request_timeout", Transient),
    ("internal_error", UnknownOutcome),
    ("fatal_error", UnknownOutcome),
    ("page", UnknownOutcome),
    ("hang", UnknownOutcome),
    ("hang_stored", UnknownOutcome),
    ("drop", UnknownOutcome),
    ("token_revoked", Permanent),
]


@pytest.mark.parametrize(("mishap", "kind"), SERVER)
def test_one_call_one_request_one_error(
    slack: SlackServer, mishap: str, kind: type[SeamError]
) -> None:
    slack.fail_next(mishap)
    with pytest.raises(kind):
        channel_to(slack, timeout=0.5).deliver(POST)
    assert called(slack, "chat.postMessage") == 1


@pytest.mark.parametrize("mishap", ["429", "500", "503", "internal_error", "page", "hang", "drop"])
def test_what_can_not_be_asked_is_not_taken_for_absent(slack: SlackServer, mishap: str) -> None:
    channel = channel_to(slack, timeout=0.5)
    channel.deliver(POST)
    slack.fail_next(mishap)
    with pytest.raises(Transient):
        channel.find(POST.key)
    assert channel.find(POST.key)


def test_a_wrong_token_is_said_without_saying_it(slack: SlackServer) -> None:
    slack.token = "xoxb-another"
    with pytest.raises(Permanent, match="invalid_auth"):
        channel_to(slack).deliver(POST)


@pytest.mark.parametrize("words", [f"{TOKEN} is wrong", "<!channel>", "A" * 5, "x" * 81, ""])
def test_odd_words_in_an_answer_are_not_passed_on(slack: SlackServer, words: str) -> None:
    slack.fail_next(words)
    with pytest.raises(UnknownOutcome) as caught:
        channel_to(slack).deliver(POST)
    assert not words or words not in str(caught.value)

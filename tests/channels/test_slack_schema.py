"""Our requests, and the local server's answers, against Slack's own published schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft4Validator

from migrations_app.channels.slack.advice import ADVICE, AWAY, BUSY, GONE, MALFORMED, UNSURE
from migrations_app.channels.slack.views import Form, form
from tests.channels.build import channel_to, live, sample
from tests.channels.contract import LIVE, POST
from tests.channels.slack_workspace import METHODS

if TYPE_CHECKING:
    from tests.slack_server import SlackServer

FILE = Path(__file__).parents[2] / "var" / "schemas" / "slack_web_openapi_v2.json"
pytestmark = pytest.mark.skipif(
    not FILE.exists(),
    reason="NOT PROVEN: requests and answers against Slack's published schema, which is not part"
    " of this repository: put web-api/slack_web_openapi_v2.json of github.com/slackapi/"
    "slack-api-specs into var/schemas/.",
)
# Documented by Slack today, younger than the frozen schema.
YOUNGER = {"metadata", "include_all_metadata", "response_metadata"}
KNOWN = BUSY | AWAY | UNSURE | GONE | MALFORMED | set(ADVICE)


@pytest.fixture(scope="module")
def spec() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text()))


@pytest.fixture(scope="module")
def definitions(spec: dict[str, Any]) -> dict[str, Any]:
    return dict(spec["definitions"])


@pytest.fixture(scope="module")
def paths(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Method name to its operation."""
    return {path[1:]: next(iter(verbs.values())) for path, verbs in spec["paths"].items()}


def parameters(operation: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in operation["parameters"] if one["name"] != "token"}


@pytest.mark.parametrize("method", METHODS)
def test_the_server_requires_what_slack_requires(
    paths: dict[str, dict[str, Any]], method: str
) -> None:
    required = {name for name, one in parameters(paths[method]).items() if one.get("required")}
    # Slack's schema forgets that these two need a channel; its method pages don't.
    forgotten = {"conversations.history": {"channel"}, "conversations.replies": {"channel", "ts"}}
    assert set(METHODS[method][0]) == required | forgotten.get(method, set())


@pytest.mark.parametrize("method", METHODS)
def test_every_error_slack_lists_is_understood(
    paths: dict[str, dict[str, Any]], method: str
) -> None:
    errors = paths[method]["responses"]["default"]["schema"]["properties"].get("error", {})
    assert set(errors.get("enum", ())) <= KNOWN


def night(slack: SlackServer) -> None:
    """Everything the channel ever asks of Slack."""
    channel = channel_to(slack, "#war-room")
    channel.deliver(POST)
    assert all(finding.ok for finding in channel_to(slack, "#war-room").check())
    anchor = channel.deliver(LIVE).anchor
    channel.deliver(live("at 50 %", anchor))
    channel.deliver(sample("s-1", anchor))
    assert channel.find("s-1")
    channel.open_form(slack.people.trigger(), form(Form("no_go", "No-Go", "Hold", "x", ("so",))))
    place, ts = anchor.split(":")
    assert channel.quoted(place, ts).link
    channel.whisper(place, "U0ANA", "only you see this")
    assert {request.method for request in slack.requests} == set(METHODS)


def test_we_send_only_arguments_slack_knows(
    slack: SlackServer, paths: dict[str, dict[str, Any]]
) -> None:
    night(slack)
    for request in slack.requests:
        assert set(request.arguments) - YOUNGER <= set(parameters(paths[request.method]))


def test_the_server_answers_as_slack_does(
    slack: SlackServer, paths: dict[str, dict[str, Any]], definitions: dict[str, Any]
) -> None:
    night(slack)
    for request in slack.requests:
        schema = paths[request.method]["responses"]["200"]["schema"]
        whole = Draft4Validator({**schema, "definitions": definitions})
        wrong = [error.message for error in whole.iter_errors(older(request.answer))]
        assert not wrong, (request.method, wrong)


def test_the_validator_bites(
    slack: SlackServer, paths: dict[str, dict[str, Any]], definitions: dict[str, Any]
) -> None:
    channel_to(slack).deliver(POST)
    answer = {**slack.requests[-1].answer, "ts": "yesterday", "surprise": 1}
    schema = paths["chat.postMessage"]["responses"]["200"]["schema"]
    whole = Draft4Validator({**schema, "definitions": definitions})
    assert len(list(whole.iter_errors(older(answer)))) == 2


def older(answer: dict[str, object]) -> dict[str, object]:
    """An answer without what is younger than the schema."""
    return dict(json.loads(json.dumps(answer), object_hook=_without_younger))


def _without_younger(data: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in data.items() if name not in YOUNGER}

"""A run with its gate open, told of in a fake Slack, whose people are linked."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from tests.slack_server import SlackServer
from tests.web import build
from tests.web.slack.kit import SECRET, Corner, environments, link, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_django import Settings

_NUMBERS = itertools.count(70_000)


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[SlackServer]:
    """A fake workspace that knows our addresses; nobody sleeps between messages, and however busy
    this machine is, nobody gives up."""
    monkeypatch.setattr("migrations_app.conductor.relay.time.sleep", lambda _: None)
    monkeypatch.setattr("migrations_app.channels.slack.channel.SOON", 10)
    with SlackServer() as server:
        monkeypatch.setenv("SLACK_TOKEN", server.token)
        settings.WARROOM_SLACK_SIGNING_SECRETS = [SECRET]
        settings.WARROOM_SLACK_HOOKS = server.hooks
        yield server


@pytest.fixture
def room(slack: SlackServer) -> Iterator[Callable[..., Corner]]:
    """A run whose gate waits for the DRI alone; `kind` and other keys of the plan may differ."""

    def made(kind: str = "rehearsal", **changes: Any) -> Corner:
        number = next(_NUMBERS)
        gate = {"checks": ["errors", "p95", "lag"], "roles": ["dri"], "deadline": "30m"}
        phases = [{**build.PHASES[0], "steps": [], "gate": gate}, *build.PHASES[1:]]
        told = {"phases": phases, "environments": environments(slack, number, kind)}
        one = replace(build.ready(**told | changes), number=number)
        corner = Corner(one, slack, Client(raise_request_exception=False))
        corner.says()
        return corner

    yield made
    settled()


@pytest.fixture
def corner(room: Callable[..., Corner]) -> Corner:
    """A rehearsal whose people, but nobody else, are linked."""
    made = room()
    link(made.one, *build.PEOPLE)
    return made

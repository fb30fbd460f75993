"""The manifest in the documentation makes an app that Slack accepts and that reaches us."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from django.urls import resolve

from migrations_app.channels.slack.doctor import NEEDED, TO_HEAR
from migrations_app.web.slack_quotes import SHORTCUT
from tests.channels.slack_manifest_rules import addresses, manifest_problems

FILE = Path(__file__).parents[2] / "docs" / "channels" / "slack-manifest.yaml"
MANIFEST: dict[str, Any] = yaml.safe_load(FILE.read_text())


def test_slack_accepts_it() -> None:
    assert manifest_problems(MANIFEST) == []


def test_what_is_sent_there_arrives_here() -> None:
    paths = {urlsplit(url).path for url in addresses(MANIFEST)}
    names = {resolve(path).url_name for path in paths}
    assert names == {"slack-interactivity", "slack-command", "slack-events"}
    assert [one["callback_id"] for one in MANIFEST["features"]["shortcuts"]] == [SHORTCUT]


def test_it_asks_for_no_more_than_is_needed() -> None:
    scopes = MANIFEST["oauth_config"]["scopes"]
    assert scopes == {"bot": ["chat:write", "pins:write", "channels:history", *TO_HEAR]}
    assert set(NEEDED) < set(scopes["bot"])


@pytest.mark.parametrize(
    ("where", "value"),
    [
        (("display_information", "name"), "x" * 36),
        (("features", "shortcuts", 0, "name"), "x" * 25),
        (("features", "shortcuts", 0, "type"), "channel"),
        (("features", "slash_commands", 0, "command"), "warroom"),
        (("settings", "interactivity", "request_url"), "http://warroom.example/"),
        (("settings", "surprise"), True),
        (("oauth_config", "scopes", "bot", 0), "admin"),
    ],
)
def test_the_rules_bite(where: tuple[Any, ...], value: object) -> None:
    broken = copy.deepcopy(MANIFEST)
    part: Any = broken
    for step in where[:-1]:
        part = part[step]
    part[where[-1]] = value
    assert len(manifest_problems(broken)) == 1

"""What the documentation tells people to do is what the code needs."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from migrations_app.channels.slack.advice import ADVICE, BUSY, UNSURE
from migrations_app.channels.slack.config import SlackConfig
from migrations_app.channels.slack.doctor import NEEDED, TO_HEAR
from migrations_app.channels.slack.find import HISTORY_PAGES, PAGE
from tests.channels.build import channel_to, live, sample
from tests.channels.contract import LIVE, POST
from tests.channels.test_slack_manifest import MANIFEST
from tests.slack_server import SlackServer

PAGE_TEXT = (Path(__file__).parents[2] / "docs" / "channels" / "slack.md").read_text()
BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE_TEXT, re.DOTALL)


def manifest_scopes() -> set[str]:
    return set(MANIFEST["oauth_config"]["scopes"]["bot"])


def test_the_scopes_of_the_manifest_suffice_and_are_all_used() -> None:
    assert manifest_scopes() == {*NEEDED, *TO_HEAR, "channels:history"}
    with SlackServer(scopes=frozenset(manifest_scopes())) as slack:
        channel = channel_to(slack)
        assert all(finding.ok for finding in channel.check())
        channel.deliver(POST)
        first = channel.deliver(LIVE)
        second = channel.deliver(live("at 50 %", first.anchor))
        channel.deliver(sample("s-1", first.anchor))
        assert (first.detail, second.detail) == ("", "")
        assert channel.find("s-1")


def test_the_example_is_a_valid_configuration() -> None:
    config = yaml.safe_load(BLOCKS[0])["channels"]["war-room"]["config"]
    assert SlackConfig.model_validate(config).channel == "C0123ABCD"


def test_every_key_and_its_default_is_listed() -> None:
    defaults = {"token": "required", "channel": "required", "timeout": "`5`"}
    assert SlackConfig.model_fields["timeout"].default == 5
    for name, field in SlackConfig.model_fields.items():
        row = next(line for line in PAGE_TEXT.splitlines() if line.startswith(f"| `{name}` "))
        assert field.is_required() == row.endswith("| required |")
        assert row.endswith(f"| {defaults.get(name, f'`{field.default}`')} |")


def test_every_error_name_in_it_is_one_we_know() -> None:
    table = PAGE_TEXT.split("| Slack says | do |")[1]
    names = set(re.findall(r"`([a-z_]+)`", table))
    assert names
    assert names <= set(ADVICE) | BUSY | UNSURE


def test_it_says_how_far_a_message_is_looked_for() -> None:
    assert f"newest {HISTORY_PAGES * PAGE:,}\nmessages" in PAGE_TEXT

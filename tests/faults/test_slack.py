"""A Slack that limits, fails and hangs: traffic does not notice, and everything is said later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.faults.drill import assert_in_time
from tests.slack_server import TOKEN, SlackServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.faults.drill import Drill

MINE = "SELECT count(*) FROM migrations_app_delivery WHERE run_id = %s AND state <> 'sent'"


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


def in_slack(drill: Drill, slack: SlackServer) -> Drill:
    config = {"token": TOKEN, "channel": "#war-room", "base_url": slack.url, "timeout": 2}
    return drill.at_gate(channels={"team": {"kind": "slack", "config": config}})


@pytest.mark.faults
@pytest.mark.parametrize("kind", ["429", "500", "hang", "hang_stored", "drop"])
def test_a_slack_in_trouble_holds_up_nothing_and_hears_all_of_it_later(
    drill: Drill, slack: SlackServer, kind: str
) -> None:
    in_slack(drill, slack)
    slack.fail_next(kind, 3)
    drill.go()
    drill.wait("gate")
    assert drill.weights() == [100]
    back = drill.click_back()
    assert back.confirmed
    assert_in_time(back.took_s)
    drill.until(lambda: drill.house.ask(MINE, drill.run)[0][0] == 0, "the last message")
    said = [one.text for one in slack.messages()]
    assert sum("Roll back called by lee" in text for text in said) == 1, said
    drill.assert_whole()

"""Slack and the browser together: an account is linked, and what is pressed there is seen here."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from migrations_app.actions.slack_link import ticket_for
from migrations_app.domain.states import Verb
from migrations_app.models import Latch, SlackAccount
from migrations_app.practice.ports import free_port
from migrations_app.reads.slack import Account
from migrations_app.reads.slack_buttons import About, sealed
from tests.browser.conftest import Desk, calm
from tests.browser.test_door import person, sign_in
from tests.live.conftest import Server
from tests.slack_server import SlackServer
from tests.web.slack.kit import ACCOUNTS, SECRET, TEAM, link, seal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def slack() -> Iterator[SlackServer]:
    with SlackServer() as server:
        yield server


@pytest.fixture
def alone(
    chromium: Browser, slack: SlackServer, transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """A web process that hears Slack, without a Redis, a worker or a poller."""
    monkeypatch.setenv("WARROOM_SLACK_SIGNING_SECRET", SECRET)
    monkeypatch.setenv("WARROOM_SLACK_HOOKS", slack.hooks)
    desk = Desk(Server(free_port(), f"redis://127.0.0.1:{free_port()}/0").start(), chromium)
    yield desk
    desk.close()
    desk.server.kill()
    assert desk.complaints == []


def fine(page: Page) -> None:
    """Nothing serious for a screen reader, nothing to scroll sideways for."""
    found = Axe().run(page).response["violations"]
    assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
    width = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert width <= 0


@pytest.mark.parametrize("viewport", [(1366, 768), (360, 740)])
def test_an_account_is_linked_and_taken_back(alone: Desk, viewport: tuple[int, int]) -> None:
    person("ana")
    width, height = viewport
    page = alone.context(viewport={"width": width, "height": height}).new_page()
    page.goto(f"/slack/link/{ticket_for(Account('T0ACME', 'U0ANA', 'acme', 'ana.b'))}/")
    sign_in(page, "ana")
    expect(page.get_by_role("heading", name="Link your Slack account")).to_be_visible()
    fine(page)
    page.get_by_role("button", name="Yes, it is mine").click()
    expect(page.get_by_text("Slack account ana.b is linked to you.")).to_be_visible()
    fine(page)
    page.get_by_role("button", name="Unlink ana.b").click()
    expect(page.get_by_text("Not linked. To decide from there")).to_be_visible()
    assert not SlackAccount.objects.exists()


def test_pressed_in_slack_seen_in_the_room(alone: Desk, slack: SlackServer) -> None:
    """With nobody at work but the web process itself."""
    one = calm()
    link(one, "ravi")
    kim = alone.sit(one, "kim")
    value = sealed(About(one.run_id, one.run.revision), Verb.ROLL_BACK)
    payload = {
        "type": "block_actions",
        "user": {"id": ACCOUNTS["ravi"], "team_id": TEAM},
        "team": {"id": TEAM, "domain": "acme"},
        "container": {"channel_id": "C0WARROOM", "message_ts": "1.1"},
        "actions": [{"action_id": "roll_back", "value": value, "action_ts": "1.1"}],
        "response_url": f"{slack.hooks}actions/1",
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = httpx.post(
        f"{alone.server.url}/slack/interactivity", content=body, headers=seal(body) | form
    )
    assert answer.status_code == 200
    assert Latch.objects.filter(run=one.run_id).exists()
    expect(kim.state).to_contain_text("ROLLED BACK")
    expect(kim.timeline).to_contain_text(re.compile("Roll back called by ravi"))
    assert slack.people.told().startswith("Rolled back: every route is confirmed")

"""Whose Slack account is whose: asked of somebody who has just proved who they are."""

from __future__ import annotations

import time
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import time_machine
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.actions.slack_link import account_on, ticket_for
from migrations_app.channels.slack.text import link
from migrations_app.models import SlackAccount
from migrations_app.reads.slack import Account, actor_of
from warroom.logs import masked

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

MINE = Account("T0ACME", "U0ANA", "acme", "ana.b")
XSS = "<img src=x onerror=alert(1)>'\""


def person(name: str = "ana") -> User:
    found: User | None = User.objects.filter(username=name).first()
    return found or User.objects.create_user(name, password=name)


def browser(name: str = "ana") -> Client:
    person(name)
    client = Client()
    client.post("/login/", {"username": name, "password": name})
    return client


def ticket_of(path: str) -> str:
    return path.split("/")[3]


def way(account: Account = MINE) -> str:
    return f"/slack/link/{ticket_for(account)}/"


def test_it_asks_and_then_links() -> None:
    client, path = browser(), way()
    page = client.get(path).content.decode()
    assert "<strong>ana.b</strong> of the workspace <strong>acme</strong> yours?" in page
    assert "decide in the name of <strong>ana</strong>" in page
    assert not SlackAccount.objects.exists()
    answer: Any = client.post(path)
    assert (answer.status_code, answer["Location"]) == (303, "/account/")
    row = SlackAccount.objects.get()
    assert (row.team, row.account, row.user.username) == ("T0ACME", "U0ANA", "ana")
    actor = actor_of(MINE)
    assert actor is not None
    assert (actor.name, actor.via) == ("ana", "slack")


def test_a_link_counts_once() -> None:
    client, path = browser(), way()
    client.post(path)
    SlackAccount.objects.all().delete()
    answer: Any = client.post(path)
    assert answer.status_code == 410
    assert "used already" in answer.content.decode()
    assert not SlackAccount.objects.exists()


def test_a_link_holds_ten_minutes() -> None:
    client, path = browser(), way()
    with time_machine.travel(time.time() + 601, tick=False):
        for method in (client.get, client.post):
            answer: Any = method(path)
            assert answer.status_code == 410
            assert "expired" in answer.content.decode()
    assert not SlackAccount.objects.exists()


@pytest.mark.parametrize("change", [lambda t: t[:-1], lambda t: "x" + t, lambda _: "x", str.lower])
def test_nobody_makes_a_link_but_us(change: Any) -> None:
    client = browser()
    answer = client.post(f"/slack/link/{change(ticket_for(MINE))}/")
    assert answer.status_code == 410
    assert not SlackAccount.objects.exists()


def test_it_takes_a_sign_in_and_a_fresh_proof() -> None:
    path = way()
    answer: Any = Client().get(path)
    assert answer["Location"].startswith("/login/?next=/slack/link/")
    client = Client()
    client.force_login(person())
    answer = client.get(path)
    assert answer["Location"].startswith("/account/again/?next=%2Fslack%2Flink%2F")
    answer = client.post(path)
    assert answer["Location"].startswith("/account/again/")
    assert not SlackAccount.objects.exists()


def test_a_post_from_elsewhere_links_nothing() -> None:
    person()
    client = Client(enforce_csrf_checks=True)
    client.force_login(person())
    assert client.post(way()).status_code == 403


def test_an_account_has_one_owner() -> None:
    browser().post(way())
    answer: Any = browser("raj").post(way())
    assert answer.status_code == 409
    assert "linked to somebody else" in answer.content.decode()
    assert SlackAccount.objects.get().user.username == "ana"
    assert browser().post(way()).status_code == 303  # one's own again is no harm


def test_a_person_may_have_several_and_takes_each_back(settings: Settings) -> None:
    settings.WARROOM_SLACK_SIGNING_SECRETS = ["secret"]
    client = browser()
    for account in (MINE, Account("T0OTHER", "U0ANA", "other", "ana")):
        client.post(way(account))
    first, second = SlackAccount.objects.order_by("pk")
    assert "ana.b" in client.get("/account/").content.decode()
    assert browser("raj").post(f"/account/slack/{first.pk}/off/").status_code == 404
    assert client.get(f"/account/slack/{first.pk}/off/").status_code == 303
    assert SlackAccount.objects.count() == 2
    client.post(f"/account/slack/{first.pk}/off/")
    assert list(SlackAccount.objects.all()) == [second]
    assert actor_of(MINE) is None


def test_the_account_page_speaks_of_slack_only_where_it_is_heard(settings: Settings) -> None:
    client = browser()
    settings.WARROOM_SLACK_SIGNING_SECRETS = []
    assert "h-slack" not in client.get("/account/").content.decode()
    settings.WARROOM_SLACK_SIGNING_SECRETS = ["secret"]
    assert "/warroom link" in client.get("/account/").content.decode()


def test_a_name_in_slack_is_anybodys_choice_and_no_markup() -> None:
    client = browser()
    account = Account("T0ACME", "U0EVIL", XSS, XSS)
    page = client.get(way(account)).content.decode()
    assert "<img src=x" not in page
    assert escape(XSS[:24]) in page
    client.post(way(account))
    assert "<img src=x" not in client.get("/account/").content.decode()


def test_a_ticket_stands_in_no_log() -> None:
    path = way()
    for line in (
        f'"GET {path} HTTP/1.1" 200',
        f'"GET /login/?next={quote(path, safe="")} HTTP/1.1"',
    ):
        assert masked(line).count("***") == 1
        assert ticket_of(path)[:20] not in masked(line)


@given(st.text(max_size=200), st.text(max_size=200))
def test_whatever_the_names_slack_takes_the_address(team: str, name: str) -> None:
    team, name = (one.encode("utf-8", "ignore").decode() for one in (team, name))
    ticket = ticket_for(Account("T" + "0" * 20, "U" + "0" * 20, team, name))
    assert link(f"https://warroom.a-company-with-a-name.example/slack/link/{ticket}/", "Link")
    assert account_on(ticket).id == "U" + "0" * 20

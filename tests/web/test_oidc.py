"""Signing in through a real OpenID Connect provider, and who is let in as whom."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.contrib.auth.models import User
from django.test import Client

from migrations_app.models import Membership
from tests.web import provider as providers
from tests.web.provider import FORGER, Provider, away
from warroom.env import Provider as Configured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _one() -> Iterator[Provider]:
    with providers.running() as provider:
        yield provider


@pytest.fixture
def provider(_one: Provider, settings: Settings) -> Provider:
    settings.WARROOM_PROVIDER = configured(_one.url)
    return _one


def configured(url: str, **changes: Any) -> Configured:
    told: dict[str, Any] = {
        "client_id": "warroom", "secret": "hush", "name": "Acme", "domains": [], "group": "",
    }  # fmt: skip
    return Configured(url=url, **(told | changes))


def signed_in(client: Client) -> str:
    """Who this browser is signed in as; nobody is an empty name."""
    request = client.get("/account/").wsgi_request
    return request.user.get_username()


def test_whoever_arrives_first_is_made_new_and_holds_no_role(provider: Provider) -> None:
    provider.knows("s1", email="new@acme.example", email_verified=True, preferred_username="newt")
    client = Client()
    answer = provider.brings(client, "s1", next="/account/")
    assert answer["Location"] == "/account/"
    assert signed_in(client) == "newt"
    user = User.objects.get(username="newt")
    assert not user.has_usable_password()
    assert not user.is_staff
    assert not user.is_superuser
    assert not Membership.objects.filter(user=user).exists()
    assert SocialToken.objects.count() == 0


def test_the_same_person_comes_back_as_themselves(provider: Provider) -> None:
    provider.knows("s2", email="two@acme.example", email_verified=True, preferred_username="two")
    provider.brings(Client(), "s2")
    provider.knows("s2", email="changed@acme.example", email_verified=True, preferred_username="x")
    client = Client()
    provider.brings(client, "s2")
    assert signed_in(client) == "two"
    assert SocialAccount.objects.count() == 1


def test_state_nonce_and_pkce_go_along(provider: Provider) -> None:
    """The provider refuses what lacks the last two; here is that we ask for the right kind."""
    asked = parse_qs(urlsplit(away(Client().post("/login/sso/"))).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert len(asked["state"][0]) >= 16
    assert len(asked["nonce"][0]) >= 32
    assert asked["redirect_uri"] == ["http://testserver/login/sso/back/"]


def test_another_browsers_state_opens_nothing(provider: Provider) -> None:
    """An attacker's own answer, planted in a victim's browser."""
    attacker, victim = Client(), Client()
    back = provider.answers(away(attacker.post("/login/sso/")), "mallory")
    answer = victim.get(back)
    assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert signed_in(victim) == ""
    assert not User.objects.filter(username__startswith="mallory").exists()


def test_a_tampered_state_and_a_used_one_open_nothing(provider: Provider) -> None:
    client = Client()
    back = provider.answers(away(client.post("/login/sso/")), "s3")
    client.get(back.replace("state=", "state=x"))
    assert signed_in(client) == ""
    client.get(back)
    assert signed_in(client) != ""
    client.post("/logout/")
    client.get(back)
    assert signed_in(client) == ""


@pytest.mark.parametrize(
    "said",
    [
        {"nonce": "of-another-request"},
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"azp": "another-client"},
        {"exp": 1_000_000_000},
    ],
)
def test_a_token_that_does_not_hold_opens_nothing(provider: Provider, said: dict[str, Any]) -> None:
    provider.knows("s4", **said)
    client = Client()
    answer = provider.brings(client, "s4")
    assert answer.status_code in {HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.FORBIDDEN}
    assert signed_in(client) == ""
    assert User.objects.count() == 0


def test_a_token_signed_by_somebody_else_opens_nothing(provider: Provider) -> None:
    client = Client()
    provider.brings(client, FORGER)
    assert signed_in(client) == ""


def test_an_account_that_was_prepared_is_theirs(provider: Provider) -> None:
    ana = User.objects.create_user("ana", "Ana@Acme.example", "pass word")
    provider.knows("s5", email="ana@acme.example", email_verified=True, preferred_username="other")
    client = Client()
    provider.brings(client, "s5")
    assert signed_in(client) == "ana"
    ana.refresh_from_db()
    assert ana.check_password("pass word")  # still there, for the night the provider is down


@pytest.mark.parametrize("verified", [False, None, "yes", 1])
def test_an_address_the_provider_does_not_vouch_for_opens_no_account(
    provider: Provider, verified: object
) -> None:
    ana = User.objects.create_user("ana", "ana@acme.example", "x")
    provider.knows("s6", email="ana@acme.example", email_verified=verified,
                   preferred_username="ana")  # fmt: skip
    client = Client()
    provider.brings(client, "s6")
    assert signed_in(client) not in {"", "ana"}
    assert not SocialAccount.objects.filter(user=ana).exists()
    assert User.objects.get(username=signed_in(client)).email == ""


@pytest.mark.parametrize("how", ["staff", "twice", "linked", "closed"])
def test_an_account_that_is_not_plainly_theirs_is_not_handed_out(
    provider: Provider, how: str
) -> None:
    ana = User.objects.create_user("ana", "ana@acme.example", "x", is_staff=how == "staff",
                                   is_active=how != "closed")  # fmt: skip
    if how == "twice":
        User.objects.create_user("ana2", "ANA@acme.example")
    if how == "linked":
        SocialAccount.objects.create(user=ana, provider="sso", uid="an-older-ana")
    provider.knows("s7", email="ana@acme.example", email_verified=True)
    client = Client()
    answer = provider.brings(client, "s7")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "with your e-mail address already" in answer.content.decode()
    assert signed_in(client) == ""
    assert not SocialAccount.objects.filter(uid="s7").exists()


def test_a_closed_account_stays_closed(provider: Provider) -> None:
    provider.knows("s8", email="s8@acme.example", email_verified=True, preferred_username="eight")
    provider.brings(Client(), "s8")
    User.objects.filter(username="eight").update(is_active=False)
    client = Client()
    answer = provider.brings(client, "s8")
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert "This account is closed" in answer.content.decode()
    assert signed_in(client) == ""


def test_only_domains_and_groups_that_may_come_in_do(
    provider: Provider, settings: Settings
) -> None:
    settings.WARROOM_PROVIDER = configured(provider.url, domains=["acme.example"], group="sre")
    good: dict[str, Any] = {"email": "a@acme.example", "email_verified": True, "groups": ["sre"]}
    wrong: list[dict[str, Any]] = [
        {"email": "a@evil.example"}, {"email": "a@sub.acme.example"}, {"email_verified": False},
        {"groups": ["web"]}, {"groups": "sre"}, {"groups": None},
    ]  # fmt: skip
    for change in wrong:
        provider.knows("s9", **(good | change))
        client = Client()
        assert provider.brings(client, "s9").status_code == HTTPStatus.FORBIDDEN
        assert signed_in(client) == "", change
    provider.knows("s9", **good)
    client = Client()
    provider.brings(client, "s9")
    assert signed_in(client) != ""


def test_who_says_no_over_there_is_told_so(provider: Provider) -> None:
    client = Client()
    answer = client.get(provider.denied(away(client.post("/login/sso/"))))
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert "You did not sign in with Acme" in answer.content.decode()


def test_next_is_a_page_of_ours_or_nothing(provider: Provider) -> None:
    for at, wanted in enumerate(("//evil.example", "\\\\evil.example", "https://evil.example/",
                                 "javascript:alert(1)")):  # fmt: skip
        answer = provider.brings(Client(), f"n{at}", next=wanted)
        assert answer["Location"] == "/"


def test_the_session_is_another_one_afterwards(provider: Provider) -> None:
    client = Client()
    to = away(client.post("/login/sso/"))
    planted = client.cookies["sessionid"].value
    client.get(provider.answers(to, "s10"))
    assert client.cookies["sessionid"].value != planted
    other = Client()
    other.cookies["sessionid"] = planted
    assert signed_in(other) == ""


def test_one_links_an_account_by_hand_after_proving_who_one_is(provider: Provider) -> None:
    User.objects.create_superuser("root", "root@acme.example", "pass word")
    provider.knows("s11", email="root@acme.example", email_verified=True)
    client = Client()
    client.force_login(User.objects.get(username="root"))
    assert client.post("/account/link/")["Location"].startswith("/account/again/")
    client.post("/account/again/", {"password": "pass word"})
    answer = provider.brings(client, "s11", "/account/link/")
    assert answer["Location"] == "/account/"
    arrived = Client()
    provider.brings(arrived, "s11")
    assert signed_in(arrived) == "root"


def test_a_linked_person_is_not_linked_twice(provider: Provider) -> None:
    provider.brings(Client(), "s12")
    User.objects.create_user("thief", password="pass word")
    client = Client()
    client.post("/login/", {"username": "thief", "password": "pass word"})
    provider.brings(client, "s12", "/account/link/")
    assert not SocialAccount.objects.filter(user__username="thief").exists()
    assert signed_in(client) == "thief"


def test_the_provider_may_ask_once_more_who_it_is(provider: Provider) -> None:
    """An answer counts if the provider says it asked just now, and of the same person."""
    provider.knows("s13", auth_time=None)
    provider.brings(client := Client(), "s13")
    me = signed_in(client)
    asked = parse_qs(urlsplit(away(client.post("/account/again/sso/"))).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    for at in (None, int(time.time()) - 3600):
        provider.knows("s13", auth_time=at)
        answer = provider.brings(client, "s13", "/account/again/sso/")
        assert "that proves nothing" in answer.content.decode()
        assert client.get("/account/app/")["Location"].startswith("/account/again/")
    provider.knows("s13", auth_time=int(time.time()))
    answer = provider.brings(client, "another", "/account/again/sso/")
    assert "somebody else" in answer.content.decode()
    answer = provider.brings(client, "s13", "/account/again/sso/", next="/account/app/")
    assert answer["Location"] == "/account/again/done/?next=%2Faccount%2Fapp%2F"
    assert client.get(answer["Location"])["Location"] == "/account/app/"
    assert client.get("/account/app/").status_code == HTTPStatus.OK
    assert signed_in(client) == me


def test_without_a_provider_there_is_no_such_door() -> None:
    assert Client().post("/login/sso/").status_code == HTTPStatus.NOT_FOUND
    assert Client().get("/login/sso/back/?state=x&code=y").status_code == HTTPStatus.NOT_FOUND
    assert "/login/sso/" not in Client().get("/login/").content.decode()

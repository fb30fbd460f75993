"""Sessions: another one at every sign-in, twelve hours at most, and over when they should be."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from migrations_app.live.eyes import Ticket
from migrations_app.models.clock import db_now
from migrations_app.web.live import allowed
from migrations_app.web.stream import proof_of
from tests.web import build
from tests.web.conftest import screen

if TYPE_CHECKING:
    from django.contrib.sessions.backends.db import SessionStore
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse"


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana", password=PASSWORD)


def signed_in(name: str = "ana") -> Client:
    client = Client()
    answer = client.post("/login/", {"username": name, "password": PASSWORD})
    assert answer.status_code == HTTPStatus.FOUND
    return client


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == HTTPStatus.OK


def test_a_session_somebody_planted_is_not_the_one_that_is_signed_in(ana: User) -> None:
    attacker = Client()
    attacker.get("/login/")
    session = attacker.session
    session["planted"] = "yes"
    session.save()
    planted = str(session.session_key)
    victim = Client()
    victim.cookies["sessionid"] = planted
    victim.post("/login/", {"username": "ana", "password": PASSWORD})
    assert victim.cookies["sessionid"].value != planted
    attacker.cookies["sessionid"] = planted
    assert not is_in(attacker)


def test_a_made_up_session_key_is_not_taken_over(ana: User) -> None:
    client = Client()
    client.cookies["sessionid"] = "a" * 32
    client.post("/login/", {"username": "ana", "password": PASSWORD})
    assert client.cookies["sessionid"].value != "a" * 32


def test_a_token_of_before_is_no_token_afterwards(ana: User) -> None:
    """The CSRF token changes with the session."""
    client = Client(enforce_csrf_checks=True)
    client.get("/login/")
    before = client.cookies["csrftoken"].value
    form = {"username": "ana", "password": PASSWORD, "csrfmiddlewaretoken": before}
    assert client.post("/login/", form).status_code == HTTPStatus.FOUND
    assert client.cookies["csrftoken"].value != before


def test_twelve_hours_and_no_page_extends_them(ana: User) -> None:
    begun = timezone.now()
    with time_machine.travel(begun, tick=False) as clock:
        client = signed_in()
        key = client.cookies["sessionid"].value
        for _ in range(11):
            clock.shift(timedelta(hours=1))
            client.post("/account/again/", {"password": PASSWORD})  # writes to the session
            assert is_in(client)
        clock.shift(timedelta(minutes=59, seconds=58))
        assert is_in(client)
        clock.shift(timedelta(seconds=3))
        assert not is_in(client)
    expires = Session.objects.get(pk=key).expire_date
    assert abs(expires - begun - timedelta(hours=12)) < timedelta(seconds=2)


def test_an_open_stream_extends_nothing_and_ends_with_the_session() -> None:
    """What lets a stream go on is asked every ten seconds (`live/hub.py`), of the same row."""
    one = build.ready()
    client = screen(one, "ana").client
    answer = client.get(f"/runs/{one.run_id}/stream")
    assert answer.status_code == HTTPStatus.OK
    key = client.cookies["sessionid"].value
    before = Session.objects.get(pk=key).expire_date
    ticket = _ticket(one, key)
    assert allowed([ticket]) == {ticket}
    assert Session.objects.get(pk=key).expire_date == before
    Session.objects.filter(pk=key).update(expire_date=db_now() - timedelta(seconds=1))
    assert allowed([ticket]) == set()


def _ticket(one: build.World, session: str) -> Ticket:
    user = one.users["ana"]
    return Ticket(one.run_id, user.pk, session, proof_of(user))


def test_a_disabled_account_is_out_at_once_and_stays_out_when_it_is_enabled_again(
    ana: User,
) -> None:
    client = signed_in()
    ana.is_active = False
    ana.save()
    assert not is_in(client)
    ana.is_active = True
    ana.save()
    assert not is_in(client)


def test_disabling_one_ends_nobody_elses_session(ana: User) -> None:
    User.objects.create_user("eve", password=PASSWORD)
    eve = signed_in("eve")
    ana.is_active = False
    ana.save()
    assert is_in(eve)


def test_a_new_password_ends_every_other_session(ana: User) -> None:
    here, there = signed_in(), signed_in()
    new = {"new_password1": "a better horse", "new_password2": "a better horse"}
    assert here.post("/account/password/", new).status_code == HTTPStatus.SEE_OTHER
    assert is_in(here)
    assert not is_in(there)


def test_an_administrator_who_sets_a_password_ends_every_session(ana: User) -> None:
    client = signed_in()
    ana.set_password("another one")
    ana.save()
    assert not is_in(client)


def test_signing_out_is_a_post_and_leaves_nothing(ana: User) -> None:
    client = signed_in()
    key = client.cookies["sessionid"].value
    assert client.get("/logout/").status_code == HTTPStatus.METHOD_NOT_ALLOWED
    assert is_in(client)
    client.post("/logout/")
    assert not Session.objects.filter(pk=key).exists()


def test_who_is_in_already_is_sent_on(ana: User) -> None:
    client = signed_in()
    assert client.get("/login/?next=/account/")["Location"] == "/account/"
    assert client.get("/login/?next=//evil.example")["Location"] == "/"


def test_cookies_are_for_us_alone(ana: User) -> None:
    client = signed_in()
    client.get("/login/")
    for name in ("sessionid", "csrftoken", "device"):
        cookie = client.cookies[name]
        assert cookie["httponly"] is True, name
        assert cookie["samesite"] == "Lax", name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name


def test_a_session_holds_no_secret(ana: User, settings: Settings) -> None:
    store: type[SessionStore] = import_module(settings.SESSION_ENGINE).SessionStore
    client = signed_in()
    told = str(dict(store(client.cookies["sessionid"].value).items()))
    assert PASSWORD not in told
    assert ana.password not in told

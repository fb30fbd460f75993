"""A second factor: set up, asked for, lost, and slow to guess."""

from __future__ import annotations

import re
import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client

from migrations_app.web import throttle

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse"
SEED = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana", password=PASSWORD)


def code(seed: str = SEED, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(seed, int(time.time()) // 30 + steps)))


def wrong() -> str:
    return next(one for one in ("000000", "111111", "222222", "333333")
                if one not in {code(steps=step) for step in (-1, 0, 1)})  # fmt: skip


def password(client: Client | None = None, **more: str) -> tuple[Client, Any]:
    browser = client or Client()
    return browser, browser.post("/login/", {"username": "ana", "password": PASSWORD} | more)


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == HTTPStatus.OK


def test_setting_up_an_app_and_signing_in_with_it(ana: User) -> None:
    client, _ = password()
    page = client.get("/account/app/").content.decode()
    found = re.search(r'class="seed">([A-Z2-7]+)<', page)
    assert found is not None
    refused = client.post("/account/app/", {"code": "x"})
    assert not Authenticator.objects.exists()
    assert b"errorlist" in refused.content
    answer = client.post("/account/app/", {"code": code(found[1])}, follow=True)
    codes = re.findall(r"<li>(\d{8})</li>", answer.content.decode())
    assert len(codes) == 10
    client.post("/logout/")

    client, answer = password(next="/account/")
    assert answer["Location"] == "/login/code/"
    assert not is_in(client)
    answer = client.post("/login/code/", {"code": code(found[1], 1)})
    assert answer["Location"] == "/account/"
    assert is_in(client)


def test_the_password_alone_opens_nothing(ana: User) -> None:
    TOTP.activate(ana, SEED)
    client, _ = password()
    for path in ("/", "/account/", "/admin/", "/account/app/off/"):
        answer = client.get(path)
        assert answer["Location"].startswith(("/login/", "/admin/login/")), path
    client.post("/login/code/", {"code": wrong()})
    assert not is_in(client)


def test_the_second_step_without_the_first_leads_back_to_the_door(ana: User) -> None:
    TOTP.activate(ana, SEED)
    assert Client().get("/login/code/")["Location"] == "/login/"
    assert Client().post("/login/code/", {"code": code()})["Location"] == "/login/"


def test_the_first_step_does_not_wait_for_ever(ana: User) -> None:
    TOTP.activate(ana, SEED)
    with time_machine.travel(time.time() - 3600, tick=False):
        client, _ = password()
    assert client.post("/login/code/", {"code": code()})["Location"] == "/login/"
    assert not is_in(client)


def test_a_code_works_once(ana: User) -> None:
    TOTP.activate(ana, SEED)
    client, _ = password()
    used = code()
    client.post("/login/code/", {"code": used})
    assert is_in(client)
    other, _ = password()
    assert other.post("/login/code/", {"code": used}).status_code == HTTPStatus.OK
    assert not is_in(other)


def test_a_recovery_code_opens_once(ana: User) -> None:
    client, _ = password()
    TOTP.activate(ana, SEED)
    client.post("/account/codes/new/")
    shown = client.get("/account/codes/").content.decode()
    first = re.findall(r"<li>(\d{8})</li>", shown)[0]
    other, _ = password()
    other.post("/login/code/", {"code": first})
    assert is_in(other)
    third, _ = password()
    third.post("/login/code/", {"code": first})
    assert not is_in(third)


def test_guessing_codes_closes_for_browsers_nobody_knows(ana: User) -> None:
    """Whoever guesses has the password already; more addresses don't give more guesses."""
    TOTP.activate(ana, SEED)
    mine, _ = password()
    mine.post("/login/code/", {"code": code()})
    mine.post("/logout/")
    refused = ""
    for at in range(throttle.CODES + 1):
        client = Client(REMOTE_ADDR=f"198.51.100.{at}")
        password(client)
        refused = client.post("/login/code/", {"code": wrong()}).content.decode()
    assert "Too many tries" in refused
    thief = Client(REMOTE_ADDR="203.0.113.1")
    password(thief)
    thief.post("/login/code/", {"code": code(steps=1)})
    assert not is_in(thief)
    password(mine)
    mine.post("/login/code/", {"code": code(steps=1)})
    assert is_in(mine)


def test_a_few_wrong_codes_from_one_address(ana: User) -> None:
    TOTP.activate(ana, SEED)
    client, _ = password()
    for _ in range(throttle.HERE):
        assert "Incorrect code" in client.post("/login/code/", {"code": wrong()}).content.decode()
    assert "Too many tries" in client.post("/login/code/", {"code": code()}).content.decode()


def test_the_seed_is_not_in_the_database(ana: User) -> None:
    TOTP.activate(ana, SEED)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data::text FROM mfa_authenticator")
        kept = cursor.fetchone()[0]
    assert SEED not in kept
    one = Authenticator.objects.get()
    assert one.wrap().validate_code(code())


def test_a_new_key_of_the_house_still_reads_old_seeds(ana: User, settings: Settings) -> None:
    TOTP.activate(ana, SEED)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of at least thirty-two letters"
    assert Authenticator.objects.get().wrap().validate_code(code())


@pytest.mark.parametrize("path", [
    "/account/app/", "/account/app/off/", "/account/codes/", "/account/codes/new/",
    "/account/keys/add/", "/account/password/",
])  # fmt: skip
def test_changing_how_one_signs_in_takes_a_fresh_proof(ana: User, path: str) -> None:
    """Even of people who have no password here: an open browser must not become a way in."""
    TOTP.activate(ana, SEED)
    for user in (ana, User.objects.create_user("sso-only")):
        client = Client()
        client.force_login(user)
        for method in ("get", "post"):
            answer = getattr(client, method)(path)
            assert answer.status_code == HTTPStatus.SEE_OTHER, (user, method)
            assert answer["Location"].startswith("/account/again/?next=")
    assert Authenticator.objects.count() == 1


def test_turning_the_app_off_takes_its_codes_along(ana: User) -> None:
    client, _ = password()
    TOTP.activate(ana, SEED)
    client.post("/account/codes/new/")
    client.post("/account/app/off/")
    assert not Authenticator.objects.exists()
    assert password()[1]["Location"] == "/"


def test_nobody_removes_somebody_elses_key(ana: User) -> None:
    eve = User.objects.create_user("eve")
    key = Authenticator.objects.create(user=eve, type=Authenticator.Type.WEBAUTHN, data={})
    client, _ = password()
    assert client.post(f"/account/keys/{key.pk}/off/").status_code == HTTPStatus.NOT_FOUND
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_the_account_page_says_what_there_is(ana: User) -> None:
    client, _ = password()
    page = client.get("/account/").content.decode()
    assert "Not set up" in page
    TOTP.activate(ana, SEED)
    page = client.get("/account/").content.decode()
    assert "Asked for a code whenever you sign in" in page
    assert "/account/codes/new/" in page


@pytest.mark.parametrize("body", [{"code": "\x00"}, {"code": "9" * 5000}, {}, {"credential": "x"},
                                  {"credential": '{"id": 1}'}])  # fmt: skip
def test_nonsense_is_a_wrong_code(ana: User, body: dict[str, str]) -> None:
    TOTP.activate(ana, SEED)
    client, _ = password()
    assert client.post("/login/code/", body).status_code == HTTPStatus.OK
    assert not is_in(client)


@pytest.mark.parametrize("said", ["", "x", "[]", '{"id": 1}', '{"rawId": {}, "response": 7}'])
def test_nonsense_is_no_key(ana: User, said: str) -> None:
    client, _ = password()
    client.get("/account/keys/add/")
    assert client.post("/account/keys/add/", {"credential": said}).status_code == HTTPStatus.OK
    answer = client.post("/account/again/key/", {"credential": said})
    assert answer.status_code == HTTPStatus.FOUND
    assert not Authenticator.objects.exists()

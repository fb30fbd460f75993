"""Guessing is slow, and nobody can be locked out of their own account by it."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.test import Client

from migrations_app.actions import knocks
from migrations_app.actions.knocks import Bucket
from migrations_app.models import Knocks
from migrations_app.models.clock import db_now
from migrations_app.web import throttle

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

RIGHT = "correct horse"


@pytest.fixture
def ana() -> User:
    return User.objects.create_user("ana", password=RIGHT)


def tries(
    password: str, name: str = "ana", client: Client | None = None, at: str = "192.0.2.1",
    via: str = "",
) -> Any:  # fmt: skip
    """One try, from an address; `via` is what it says in X-Forwarded-For."""
    form = {"username": name, "password": password}
    headers = {"X-Forwarded-For": via} if via else {}
    return (client or Client()).post("/login/", form, REMOTE_ADDR=at, headers=headers)


def guesses(times: int, **where: Any) -> list[int]:
    return [tries("wrong", **where).status_code for _ in range(times)]


def later() -> None:
    """Every window is over."""
    Knocks.objects.update(until=db_now() - timedelta(seconds=1))


def test_a_few_tries_then_a_wait_that_says_how_long(ana: User) -> None:
    assert guesses(throttle.HERE) == [HTTPStatus.UNAUTHORIZED] * throttle.HERE
    answer = tries(RIGHT)
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert "Wait 15 minutes, then try once more: " in answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= throttle.QUARTER_S
    later()
    assert tries(RIGHT).status_code == HTTPStatus.FOUND


def test_from_elsewhere_the_right_password_passes(ana: User) -> None:
    """Whoever guesses at an account keeps its owner out nowhere but where they guess."""
    guesses(throttle.HERE + 3, at="192.0.2.66")
    assert tries(RIGHT, at="192.0.2.1").status_code == HTTPStatus.FOUND


def test_from_everywhere_the_right_password_still_passes_at_the_first_try(ana: User) -> None:
    for at in range(throttle.UNDER_ATTACK + 5):
        tries("wrong", at=f"198.51.100.{at}")
    assert tries(RIGHT, at="192.0.2.1").status_code == HTTPStatus.FOUND
    assert tries("wrong", at="192.0.2.2").status_code == HTTPStatus.UNAUTHORIZED
    assert tries(RIGHT, at="192.0.2.2").status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_a_browser_that_was_here_before_has_tries_of_its_own(ana: User) -> None:
    """Even where the guessing comes from its own address, and many accounts are tried there."""
    client = Client()
    tries(RIGHT, client=client)
    client.post("/logout/")
    guesses(throttle.HERE + 1)
    for at in range(throttle.SOURCE):
        tries("wrong", name=f"other{at}")
    assert tries(RIGHT).status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert tries(RIGHT, client=client).status_code == HTTPStatus.FOUND


def test_a_browsers_own_tries_end_as_well(ana: User) -> None:
    client = Client()
    tries(RIGHT, client=client)
    client.post("/logout/")
    assert guesses(throttle.KNOWN, client=client) == [HTTPStatus.UNAUTHORIZED] * throttle.KNOWN
    assert tries(RIGHT, client=client).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_a_browser_is_known_for_its_own_account_only(ana: User) -> None:
    User.objects.create_user("eve", password=RIGHT)
    client = Client()
    tries(RIGHT, name="eve", client=client)
    client.post("/logout/")
    assert guesses(throttle.HERE + 1, client=client)[-1] == HTTPStatus.TOO_MANY_REQUESTS


@pytest.mark.parametrize("cookie", ["", "x", "WyJhbmEiLCJrZXkiXQ:1:x", "a:b:c"])
def test_a_cookie_somebody_made_up_is_none(ana: User, cookie: str) -> None:
    client = Client()
    client.cookies["device"] = cookie
    assert guesses(throttle.HERE + 1, client=client)[-1] == HTTPStatus.TOO_MANY_REQUESTS


def test_one_address_at_many_accounts_is_slowed_down(ana: User) -> None:
    answers = [tries("wrong", name=f"user{at}").status_code for at in range(throttle.SOURCE + 1)]
    assert answers[-2:] == [HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS]


def test_good_tries_do_not_count(ana: User) -> None:
    for _ in range(throttle.SOURCE + throttle.HERE):
        assert tries(RIGHT).status_code == HTTPStatus.FOUND


def test_a_name_in_other_letters_is_the_same_account(ana: User) -> None:
    names = ["ana", "ANA", "Ana", " ana", "aNa"]
    assert len(names) == throttle.HERE
    for name in names:
        tries("wrong", name=name)
    assert tries(RIGHT).status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_who_is_there_can_not_be_found_out(ana: User) -> None:
    User.objects.create_user("gone", password=RIGHT, is_active=False)
    pages = {tries(RIGHT, name=name).content.decode().split("<main")[1].replace(name, "N")
             for name in ("nobody", "gone")}  # fmt: skip
    pages.add(tries("wrong").content.decode().split("<main")[1].replace("ana", "N"))
    without_tokens = {page.split("csrfmiddlewaretoken")[0] for page in pages}
    assert len(without_tokens) == 1


def test_what_the_sender_says_of_its_address_is_not_believed(ana: User) -> None:
    for at in range(throttle.HERE):
        tries("wrong", via=f"203.0.113.{at}")
    answer = tries(RIGHT, via="203.0.113.200")
    assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS


def test_what_our_own_proxy_says_of_it_is(ana: User, settings: Settings) -> None:
    settings.WARROOM_TRUSTED_PROXIES = 1
    for at in range(throttle.HERE):  # the sender's own words come first, the proxy's last
        tries("wrong", at="10.0.0.1", via=f"198.51.100.{at}, 203.0.113.7")
    spoofed, other = "198.51.100.99, 203.0.113.7", "203.0.113.7, 203.0.113.8"
    assert tries(RIGHT, at="10.0.0.1", via=spoofed).status_code == HTTPStatus.TOO_MANY_REQUESTS
    assert tries(RIGHT, at="10.0.0.1", via=other).status_code == HTTPStatus.FOUND


def test_a_hundred_at_once_are_a_hundred(transactional_db: None) -> None:
    """Counted before the password is looked at, by one statement."""
    bucket = Bucket(("password", "ana", "192.0.2.1"), 5, 900)

    def once(_: int) -> bool:
        try:
            return knocks.take(bucket) is None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(once, range(100)))
    assert passed.count(True) == bucket.allowed


def test_old_tries_are_swept_out(ana: User) -> None:
    guesses(1)
    later()
    tries(RIGHT)
    assert not Knocks.objects.filter(until__lt=db_now()).exists()


def test_neither_names_nor_addresses_are_kept(ana: User) -> None:
    guesses(2, at="192.0.2.77")
    kept = str(list(Knocks.objects.values()))
    assert "ana" not in kept
    assert "192.0.2.77" not in kept


def test_the_log_says_where_from_and_never_what_was_typed(
    ana: User, caplog: pytest.LogCaptureFixture
) -> None:
    """People type their password into the wrong field. And a line stays a line."""
    caplog.set_level(logging.INFO)
    typed = "hunter2\r\n2026-01-01 ERROR forged"
    for _ in range(throttle.HERE + 1):
        tries("s3cret", name=typed, at="192.0.2.5")
    lines = [r.getMessage() for r in caplog.records if r.name.startswith("migrations_app")]
    assert lines[0] == "signing in refused: name or password is wrong, from 192.0.2.5"
    assert "too many tries" in lines[-1]
    assert not any(word in line for line in lines for word in ("hunter2", "s3cret", "\n", "\r"))


def test_the_admin_has_no_door_of_its_own(ana: User) -> None:
    for method in ("get", "post"):
        answer = getattr(Client(), method)("/admin/login/?next=/admin/auth/user/")
        assert answer["Location"] == "/login/?next=%2Fadmin%2Fauth%2Fuser%2F"
    assert Client().get("/admin/", follow=True).request["PATH_INFO"] == "/login/"
    client = Client()
    tries(RIGHT, client=client)
    assert client.get("/admin/login/").status_code == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("body", [{}, {"username": "ana"}, {"username": "\x00", "password": "\x00"},
                                  {"username": "a" * 5000, "password": "p" * 50_000}])  # fmt: skip
def test_nonsense_is_a_wrong_password(ana: User, body: dict[str, str]) -> None:
    assert Client().post("/login/", body).status_code == HTTPStatus.UNAUTHORIZED

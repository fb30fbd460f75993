"""Going forward in production takes a fresh proof of who says so. Going back never does."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib.auth.models import User
from django.test import Client

from migrations_app.models import Event, Run
from tests.web import build
from tests.web.conftest import Screen

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.django_db

FORWARD = ("start", "go", "complete", "resume")
FREE = ("no-go", "roll-back", "note", "complete-step", "call-off")
MINUTE = 60


def production(one: build.World) -> build.World:
    Run.objects.filter(pk=one.run_id).update(kind="production")
    return one


def signed_in(one: build.World, name: str, minutes_ago: int = 0) -> Screen:
    """Before the room, with a password given some minutes ago."""
    user = one.users[name]
    user.set_password(name)
    user.save()
    client = Client()
    with time_machine.travel(time.time() - minutes_ago * MINUTE, tick=False):
        answer = client.post("/login/", {"username": name, "password": name})
    assert answer.status_code == HTTPStatus.FOUND
    return Screen(client, one.run_id)


def signed(one: build.World) -> None:
    """The gate waits for nobody but the DRI."""
    screen = signed_in(one, "ravi")
    assert screen.click("sign-off", role="database").status_code == HTTPStatus.SEE_OTHER


def asked(answer: Any) -> bool:
    return str(answer.headers.get("Location", "")).startswith("/account/again/")


@pytest.mark.parametrize("verb", FORWARD)
def test_an_old_sign_in_goes_nowhere_in_production(verb: str) -> None:
    one = production(build.ready())
    before = Event.objects.count()
    answer = signed_in(one, "ana", 16).click(verb, reason="all is well", phase="canary")
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer["Location"] == f"/account/again/?next=%2Fruns%2F{one.run_id}%2F"
    assert Event.objects.count() == before
    assert one.run.state == "gate"


def test_the_dris_signature_may_be_the_go() -> None:
    one = production(build.ready())
    assert asked(signed_in(one, "ana", 16).click("sign-off", role="dri"))
    answer = signed_in(one, "ravi", 16).click("sign-off", role="database")
    assert answer["Location"] == f"/runs/{one.run_id}/"


def test_a_fresh_sign_in_goes() -> None:
    one = production(build.ready())
    signed(one)
    answer = signed_in(one, "ana", 14).click("go")
    assert answer["Location"] == f"/runs/{one.run_id}/"
    assert one.run.phase == 1


@pytest.mark.parametrize("verb", FREE)
def test_stopping_and_going_back_ask_nothing(verb: str) -> None:
    one = production(build.ready())
    answer = signed_in(one, "ana", 11 * 60).click(verb, reason="stop", step="look")
    assert not asked(answer)


def test_roll_back_goes_back_however_old_the_sign_in_is() -> None:
    one = production(build.ready())
    signed_in(one, "ana", 11 * 60).click("roll-back", reason="stop")
    assert one.run.state in {"rolling_back", "rolled_back"}


def test_a_rehearsal_asks_nothing() -> None:
    one = build.ready()
    signed(one)
    assert not asked(signed_in(one, "ana", 11 * 60).click("go"))
    assert one.run.phase == 1


def test_who_may_not_is_refused_for_that_and_asked_nothing() -> None:
    one = production(build.ready())
    for name in ("ravi", "kim", "otto"):
        answer = signed_in(one, name, 16).click("go")
        assert answer.status_code == HTTPStatus.FORBIDDEN, name


def test_a_stranger_finds_no_run_rather_than_a_question() -> None:
    one = production(build.ready())
    assert signed_in(one, "stranger", 16).click("go").status_code == HTTPStatus.NOT_FOUND


def test_under_htmx_the_whole_page_goes_to_the_question() -> None:
    one = production(build.ready())
    answer = signed_in(one, "ana", 16).click("go", htmx=True)
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert answer["HX-Redirect"] == f"/account/again/?next=%2Fruns%2F{one.run_id}%2F"
    assert answer.content == b""


def test_there_and_back_with_what_was_typed_and_nothing_done_meanwhile() -> None:
    one = production(build.ready())
    signed(one)
    ana = signed_in(one, "ana", 16)
    question = ana.click("go", reason="p95 is <fine>")["Location"]
    page = ana.client.get(question).content.decode()
    assert "Is it you, ana?" in page
    assert "Nothing has been done yet" in page
    form = {"password": "ana", "next": f"/runs/{one.run_id}/"}
    assert ana.client.post("/account/again/", form)["Location"] == f"/runs/{one.run_id}/"
    room = ana.look()
    assert "Nothing was decided yet" in room
    assert "then press Go" in room
    assert "You had written: “p95 is &lt;fine&gt;”" in room
    assert one.run.phase == 0
    assert "You had written" not in ana.look()
    assert not asked(ana.click("go", reason="p95 is fine"))
    assert one.run.phase == 1


def test_a_wrong_password_proves_nothing_and_is_throttled() -> None:
    one = production(build.ready())
    ana = signed_in(one, "ana", 16)
    answers = [ana.client.post("/account/again/", {"password": "x"}).status_code for _ in range(11)]
    assert answers == [HTTPStatus.UNAUTHORIZED] * 10 + [HTTPStatus.TOO_MANY_REQUESTS]
    assert asked(ana.click("go"))


def test_somebody_elses_password_proves_nothing() -> None:
    one = production(build.ready())
    signed_in(one, "ravi")
    ana = signed_in(one, "ana", 16)
    form = {"username": "ravi", "password": "ravi"}
    assert ana.client.post("/account/again/", form).status_code == HTTPStatus.UNAUTHORIZED
    assert asked(ana.click("go"))


def test_a_code_of_the_app_proves_it() -> None:
    one = production(build.ready())
    secret = "JBSWY3DPEHPK3PXP"
    ana = signed_in(one, "ana", 16)
    TOTP.activate(one.users["ana"], secret)
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    to = f"/account/again/done/?next=/runs/{one.run_id}/"
    wrong = {"code": "000000" if code != "000000" else "111111", "next": to}
    assert ana.client.post("/account/again/code/", wrong).status_code == HTTPStatus.OK
    assert asked(ana.click("go"))
    answer = ana.client.post("/account/again/code/", {"code": code, "next": to}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/runs/{one.run_id}/"
    assert not asked(ana.click("go"))


def test_a_session_that_never_proved_anything_is_asked() -> None:
    """However it came to be: what no sign-in of ours made is not fresh."""
    one = production(build.ready())
    client = Client()
    client.force_login(one.users["ana"])
    assert asked(Screen(client, one.run_id).click("go"))


def test_a_proof_of_somebody_else_does_not_carry_over() -> None:
    one = production(build.ready())
    client = signed_in(one, "ravi").client
    client.force_login(one.users["ana"])
    assert asked(Screen(client, one.run_id).click("go"))


def test_how_long_a_proof_counts_can_be_set(settings: Settings) -> None:
    settings.WARROOM_PROOF_S = 30 * MINUTE
    one = production(build.ready())
    signed(one)
    assert not asked(signed_in(one, "ana", 29).click("go"))


def test_next_leads_nowhere_else() -> None:
    one = build.ready()
    ana = signed_in(one, "ana")
    for wanted in ("//evil.example", "https://evil.example/", "\\\\evil", "javascript:alert(1)"):
        form = {"password": "ana", "next": wanted}
        assert ana.client.post("/account/again/", form)["Location"] == "/"
        assert ana.client.get("/account/again/done/", {"next": wanted})["Location"] == "/"


def test_without_any_way_to_prove_it_one_is_told_what_to_do() -> None:
    user = User.objects.create_user("sso-only")
    client = Client()
    client.force_login(user)
    assert "You have no password, app or key here" in client.get("/account/again/").content.decode()
    assert not Authenticator.objects.exists()

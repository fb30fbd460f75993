"""Mail to readers: asked for, confirmed, sent once, and never after they left."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from migrations_app.actions import share, updates
from migrations_app.actions.publish import Publishing, publish
from migrations_app.actions.updates import Words
from migrations_app.conductor.letters import send_letters
from migrations_app.domain.actor import Click
from migrations_app.domain.comms.words import Audience
from migrations_app.models import Letter, Subscriber
from tests.smtp_server import SmtpServer
from tests.web import build
from warroom.mail import mail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

    from pytest_django import Settings

    from tests.web.build import World

pytestmark = pytest.mark.django_db(transaction=True)

HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def post(settings: Settings) -> Iterator[SmtpServer]:
    server = SmtpServer()
    for name, value in mail(f"smtp://127.0.0.1:{server.port}").items():
        setattr(settings, name, value)
    settings.WARROOM_MAILS = True
    settings.WARROOM_URL = "http://testserver"
    yield server
    server.close()


def opened() -> World:
    one = build.ready(comms={"public_title": "Orders", "cadence": "20m"})
    share.open_to(one.run_id, one.actor("kim"), "everybody", slug="orders")
    return one


def asked(email: str = "reader@example.com", **headers: str) -> Any:
    fields = {"email": email, "website": ""}
    return Client(enforce_csrf_checks=True).post(
        "/status/orders/subscribe", fields, headers=HERE | headers
    )


def told(one: World, headline: str) -> None:
    saved = updates.begin(
        one.run_id, one.actor("kim"), Click(), Words(Audience.PUBLIC, headline, "Text.")
    )
    publish(one.run_id, one.actor("kim"), Click(), Publishing(saved.number, saved.version))


def link_in(letter: EmailMessage, path: str) -> str:
    body = letter.get_content()
    found = re.search(rf"http://testserver(/mail/{path}/\S+)", body)
    assert found, body
    return found[1]


def follow(path: str) -> Any:
    return Client(enforce_csrf_checks=True).post(path, headers=HERE)


def test_from_asking_to_leaving(post: SmtpServer) -> None:
    one = opened()
    assert asked().status_code == HTTPStatus.OK
    told(one, "Before the yes")
    send_letters()
    (question,) = post.letters
    assert question["To"] == "reader@example.com"
    confirm = link_in(question, "confirm")
    assert Client().get(confirm).status_code == HTTPStatus.OK
    assert Subscriber.objects.get().confirmed_at is None
    assert follow(confirm).status_code == HTTPStatus.OK
    told(one, "Half of it moved")
    send_letters()
    news = post.letters[1]
    assert news["Subject"] == "Half of it moved"
    assert "Next update by" in news.get_content()
    assert news["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    leave = news["List-Unsubscribe"].strip(" <>").removeprefix("http://testserver")
    assert Client().post(leave, {"List-Unsubscribe": "One-Click"}).status_code == HTTPStatus.OK
    told(one, "After the end")
    send_letters()
    assert len(post.letters) == 2


def test_nobody_learns_who_is_on_the_list(post: SmtpServer) -> None:
    opened()
    first = asked().content
    send_letters()
    follow(link_in(post.letters[0], "confirm"))
    assert asked().content == first
    assert asked("other@example.com").content == first
    send_letters()
    assert [one["To"] for one in post.letters] == ["reader@example.com", "other@example.com"]


def test_a_form_from_elsewhere_is_refused(post: SmtpServer) -> None:
    opened()
    answer = asked(**{"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert not Subscriber.objects.exists()


def test_a_machine_that_fills_in_everything_gets_nothing(post: SmtpServer) -> None:
    opened()
    fields = {"email": "reader@example.com", "website": "http://spam"}
    Client().post("/status/orders/subscribe", fields, headers=HERE)
    assert not Subscriber.objects.exists()


@pytest.mark.parametrize("email", ["", "nobody", "a@b\r\nBcc: x@example.com", "a@b@c.de"])
def test_what_is_no_address_is_told(email: str, post: SmtpServer) -> None:
    opened()
    assert asked(email).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not Letter.objects.exists()


def test_a_proof_cannot_be_made_up_or_used_for_the_other(post: SmtpServer) -> None:
    opened()
    asked()
    send_letters()
    proof = link_in(post.letters[0], "confirm").rsplit("/", 1)[1]
    for path in (f"/mail/confirm/{proof}x", "/mail/confirm/nothing", f"/mail/leave/{proof}"):
        assert follow(path).status_code == HTTPStatus.NOT_FOUND, path
    assert Subscriber.objects.get().confirmed_at is None


def test_a_server_that_is_away_is_tried_again(post: SmtpServer) -> None:
    opened()
    asked()
    post.answers["MAIL"] = ["451 later"]
    send_letters()
    letter = Letter.objects.get()
    assert (letter.state, letter.attempts) == ("queued", 1)
    assert "451" in letter.error
    Letter.objects.update(not_before="2020-01-01T00:00:00Z")
    send_letters()
    assert Letter.objects.get().state == "sent"


def test_an_address_that_is_refused_for_good_is_given_up(post: SmtpServer) -> None:
    opened()
    asked()
    post.answers["RCPT"] = ["550 nobody here"]
    send_letters()
    assert Letter.objects.get().state == "failed"


def test_a_letter_of_unknown_fate_comes_again_as_the_same(post: SmtpServer) -> None:
    opened()
    asked()
    post.answers["TAKEN"] = ["drop"]
    send_letters()
    Letter.objects.update(not_before="2020-01-01T00:00:00Z")
    send_letters()
    first, second = post.letters
    assert first["Message-ID"] == second["Message-ID"]
    assert Letter.objects.get().state == "sent"


def test_two_senders_send_once(post: SmtpServer) -> None:
    opened()
    asked()
    assert [send_letters(), send_letters()] == [1, 0]
    assert len(post.letters) == 1

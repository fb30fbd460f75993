"""Nothing gets in but what Slack signed, now, and that once."""

from __future__ import annotations

import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connections
from django.test import Client

from migrations_app.actions.slack_in import KEPT, take_in
from migrations_app.models import Event, Inbound
from migrations_app.models.clock import db_now
from migrations_app.web import slack_command, slack_door
from tests.web.slack.kit import SECRET, seal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_django import Settings

pytestmark = pytest.mark.django_db(transaction=True)

DOORS = ("interactivity", "command", "events")
FORM = "application/x-www-form-urlencoded"
CHALLENGE = {"type": "url_verification", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkv"}


@pytest.fixture(autouse=True)
def _secret(settings: Settings) -> None:
    settings.WARROOM_SLACK_SIGNING_SECRETS = [SECRET]


def send(door: str, body: bytes = b"", headers: Mapping[str, str] = MappingProxyType({})) -> Any:
    client = Client(raise_request_exception=False)
    return client.post(f"/slack/{door}", body, content_type=FORM, headers={**seal(body), **headers})


@pytest.mark.parametrize("door", DOORS)
def test_without_a_seal_or_with_a_wrong_one_nobody_gets_in(door: str) -> None:
    other = seal(b"", secret="another")["X-Slack-Signature"]
    for wrong in ("", "v0=", "v0=" + "0" * 64, other):
        assert send(door, headers={"X-Slack-Signature": wrong}).status_code == 401
    assert Inbound.objects.count() == 0


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("age", [301, -302, 10**6])
def test_what_is_old_or_from_the_future_is_refused(door: str, age: int) -> None:
    assert send(door, headers=seal(b"", time.time() - age)).status_code == 401


@pytest.mark.parametrize("door", DOORS)
def test_the_same_request_again_is_refused(door: str) -> None:
    body, sealed = b"nothing=useful", seal(b"nothing=useful")
    first = send(door, body, sealed)
    assert first.status_code in {200, 400}
    assert send(door, body, sealed).status_code == 409
    assert send(door, body, seal(body, time.time() - 2)).status_code == first.status_code


def test_slack_trying_again_is_told_that_we_have_it() -> None:
    body = json.dumps(CHALLENGE).encode()
    sealed = seal(body)
    assert send("events", body, sealed).content
    again = send("events", body, sealed | {"X-Slack-Retry-Num": "1"})
    assert (again.status_code, again.content) == (200, b"")


def test_two_at_once_are_one() -> None:
    def one(_: int) -> bool:
        try:
            return take_in("d" * 64)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(one, range(8))) == 1


def test_what_is_too_old_to_come_again_is_forgotten() -> None:
    take_in("a" * 64)
    Inbound.objects.update(at=db_now() - 2 * KEPT)
    take_in("b" * 64)
    assert [one.digest for one in Inbound.objects.all()] == ["b" * 64]


def test_a_secret_that_is_being_replaced_still_counts(settings: Settings) -> None:
    settings.WARROOM_SLACK_SIGNING_SECRETS = ["new", SECRET]
    assert send("events", json.dumps(CHALLENGE).encode()).status_code == 200


def test_without_a_secret_everything_is_refused(settings: Settings) -> None:
    settings.WARROOM_SLACK_SIGNING_SECRETS = []
    assert send("events", json.dumps(CHALLENGE).encode()).status_code == 401


def test_slack_is_told_that_the_address_is_ours() -> None:
    answer = send("events", json.dumps(CHALLENGE).encode())
    assert answer.content.decode() == CHALLENGE["challenge"]
    assert answer["Content-Type"] == "text/plain"
    odd = CHALLENGE | {"challenge": "<script>alert(1)</script>"}
    assert send("events", json.dumps(odd).encode()).status_code == 400


@pytest.mark.parametrize("door", DOORS)
def test_too_much_is_not_read(door: str) -> None:
    assert send(door, b"x" * (slack_door.LONGEST + 1)).status_code == 413


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"payload=",
        b"payload=[]",
        b"payload=%7B",
        b"payload=" + b"%5B" * 2000,
        b"\xff\xfe",
        b"[]",
        b"{}",
        b'{"type": 7}',
        b'{"type":"event_callback","event":{"type":"reaction_added"}}',
        b"payload=%7B%22type%22%3A%22block_actions%22%7D",
        b"&".join(b"a%d=1" % number for number in range(99)),
        b"[" * 5000,
    ],
)
def test_whatever_is_signed_is_never_an_error(door: str, body: bytes) -> None:
    before = Event.objects.count()
    assert send(door, body).status_code in {200, 400}
    assert Event.objects.count() == before


@pytest.mark.parametrize("door", DOORS)
def test_it_is_a_post_and_takes_no_session(door: str) -> None:
    assert Client().get(f"/slack/{door}").status_code == 405
    assert send(door).cookies == {}


def test_a_request_that_failed_may_come_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing of it is logged, either."""
    body = b"team_id=T0ACME&user_id=U0ANA&text=a-secret-of-somebody"
    sealed = seal(body)
    with monkeypatch.context() as broken, caplog.at_level(logging.DEBUG):
        broken.setattr(slack_command, "answer", lambda _: 1 / 0)
        assert send("command", body, sealed).status_code == 500
    assert send("command", body, sealed).status_code == 200
    assert "a-secret-of-somebody" not in caplog.text
    assert SECRET not in caplog.text


def test_why_it_was_refused_is_logged_and_nothing_of_it(caplog: pytest.LogCaptureFixture) -> None:
    send("command", b"text=a-secret-of-somebody", {"X-Slack-Signature": "v0=" + "1" * 64})
    assert "another secret" in caplog.text
    assert "a-secret-of-somebody" not in caplog.text

"""The doors for alerts: who gets in, what is kept, and what a message may still change."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from migrations_app.models import Alert, AlertSender, AlertTold
from migrations_app.models.clock import db_now
from migrations_app.reads.tokens import Scope
from migrations_app.web import alerts as door
from tests.domain.alerts.test_reading import incident, message, one, seal
from tests.web.alerting import HERE, page, send, token, told, watching

if TYPE_CHECKING:
    from pytest_django import Settings


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _secrets(settings: Settings) -> None:
    settings.WARROOM_PAGERDUTY_SECRETS = ["new", "old"]


@pytest.mark.parametrize("sender", ["alertmanager", "grafana"])
def test_a_token_opens_and_nothing_else(sender: str) -> None:
    body = message(one())
    for wrong in (
        "",
        "Bearer ",
        "Bearer wr_" + "A" * 43,
        "Basic !!",
        "Digest x",
        f"Token {token()}",
    ):
        refused = send(body, sender, Authorization=wrong)
        assert refused.status_code == 401
        assert refused["WWW-Authenticate"] == 'Bearer, Basic realm="alerts"'
    assert send(body, sender, token(Scope.READ, Scope.DECIDE)).status_code == 403
    assert Alert.objects.count() == AlertSender.objects.count() == 0
    assert send(body, sender).status_code == 200
    assert Alert.objects.get().sender == sender


def test_a_token_may_come_as_a_password() -> None:
    pair = base64.b64encode(f"grafana:{token()}".encode()).decode()
    assert send(message(one()), "grafana", Authorization=f"Basic {pair}").status_code == 200


@pytest.mark.parametrize("sender", ["alertmanager", "grafana", "pagerduty"])
def test_a_look_changes_nothing(sender: str) -> None:
    assert Client().get(f"{HERE}{sender}").status_code == 405


def test_a_message_is_bounded_and_has_to_be_one() -> None:
    assert send(b" " * (door.LONGEST + 1)).status_code == 413
    assert send(message(one(status="hunter2"))).status_code == 400
    assert "hunter2" not in send(message(one(status="hunter2"))).content.decode()
    assert page(b"{}").status_code == 400
    assert Alert.objects.count() == 0


def test_only_labels_and_times_are_kept() -> None:
    send(message(one(labels={"alertname": "A", "dsn": "postgres password=hunter2"})))
    row = Alert.objects.get()
    kept = str({name: getattr(row, name) for name in [each.attname for each in row._meta.fields]})
    assert "hunter2" not in kept
    assert "generator" not in kept
    assert row.labels == {"alertname": "A", "dsn": "(hidden)"}


def test_a_message_that_comes_twice_counts_once() -> None:
    made = watching()
    for _ in range(3):
        send(message(one()))
    assert told(made) == ["Alert HighErrors began at alertmanager"]
    over = message(one(status="resolved", endsAt="2026-08-01T12:05:00Z"))
    for _ in range(2):
        send(over)
    assert told(made)[1:] == ["Alert HighErrors ended at alertmanager"]
    assert AlertTold.objects.count() == 0


def test_an_old_end_does_not_end_what_began_after_it() -> None:
    send(message(one()))
    over = message(one(status="resolved", endsAt="2026-08-01T12:05:00Z"))
    send(over)
    send(message(one(startsAt="2026-08-01T12:30:00Z")))
    send(over)
    assert Alert.objects.get().firing
    send(message(one(startsAt="2026-08-01T12:30:00Z", status="resolved",
                     endsAt="2026-08-01T12:31:00Z")))  # fmt: skip
    assert not Alert.objects.get().firing


def test_what_a_silence_of_the_sender_ended_may_begin_again() -> None:
    """Alertmanager ends what it hears nothing of, and begins it anew with its old beginning."""
    send(message(one()))
    send(message(one(status="resolved", endsAt="2026-08-01T12:05:00Z")))
    send(message(one()))
    assert Alert.objects.get().firing


def test_pagerduty_signs_and_each_event_counts_once() -> None:
    made = watching('urgency="high"')
    body = incident()
    assert page(body, "another").status_code == 401
    assert Client().post(f"{HERE}pagerduty", body, "application/json").status_code == 401
    assert page(body, "new").status_code == 200
    again = page(body)
    assert (again.status_code, again.json()["sentence"]) == (200, "It was taken in before.")
    assert told(made) == ["Alert Checkout is slow began at pagerduty"]


def test_pagerduty_s_events_may_come_in_any_order() -> None:
    def event(number: int, status: str, minute: int) -> bytes:
        text = incident(status).decode().replace("5ac64822", f"{number:08}")
        return text.replace("11:55", f"11:{minute}").encode()

    page(event(1, "triggered", 51))
    page(event(2, "resolved", 55))
    page(event(3, "acknowledged", 53))
    assert not Alert.objects.get().firing
    page(event(4, "triggered", 58))
    page(event(5, "resolved", 56))
    assert Alert.objects.get().firing, "reopened after that"


def test_what_fails_on_our_side_may_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    body = incident()
    with monkeypatch.context() as patched:
        patched.setattr(door, "receive", broken)
        client = Client(raise_request_exception=False)
        named = {"X-PagerDuty-Signature": seal(body, "old")}
        failed = client.post(f"{HERE}pagerduty", body, "application/json", headers=named)
        assert failed.status_code == 500
    assert page(body).json()["sentence"] == "Taken in."


def test_what_is_over_for_long_is_forgotten() -> None:
    send(message(one(status="firing"), one(fingerprint="2")))
    send(message(one(status="resolved", endsAt="2026-08-01T12:05:00Z")))
    Alert.objects.update(received_at=db_now() - timedelta(days=31))
    send(message())
    assert Alert.objects.get().firing

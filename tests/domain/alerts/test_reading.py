"""What senders send is read strictly where it matters, and most of it not at all."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migrations_app.domain.alerts.pagerduty import signed, told_in
from migrations_app.domain.alerts.prometheus import alerts_in
from migrations_app.domain.alerts.shape import HIDDEN, MOST, Sender, Unreadable

NOW = datetime(2026, 8, 1, 12, tzinfo=UTC)
BEGAN = "2026-08-01T11:58:00.123456789Z"


def one(**changes: Any) -> dict[str, Any]:
    return {
        "status": "firing",
        "labels": {"alertname": "HighErrors", "severity": "page"},
        "annotations": {"summary": "password: hunter2"},
        "startsAt": BEGAN,
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus/graph",
        "fingerprint": "c0ffee",
        **changes,
    }


def message(*alerts: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({"version": "4", "status": "firing", "alerts": alerts, **more}).encode()


def incident(status: str = "triggered", **changes: Any) -> bytes:
    data = {
        "id": "PGR0VU2",
        "type": "incident",
        "number": 2,
        "status": status,
        "title": "Checkout is slow",
        "created_at": "2026-08-01T11:50:00Z",
        "urgency": "high",
        "service": {"id": "PF9KMXH", "summary": "Shop", "type": "service_reference"},
        "priority": {"summary": "P1"},
        "body": {"details": "token: abc"},
        **changes,
    }
    event = {
        "id": "5ac64822-4adc-4fda-ade0-410becf0de4f",
        "event_type": f"incident.{status}",
        "resource_type": "incident",
        "occurred_at": "2026-08-01T11:55:00.000Z",
        "data": data,
    }
    return json.dumps({"event": event}).encode()


def test_an_alert_is_its_labels_and_its_times() -> None:
    [found] = alerts_in(message(one()), Sender.ALERTMANAGER, NOW)
    assert found.labels == {"alertname": "HighErrors", "severity": "page"}
    assert found.firing
    assert found.started_at == datetime(2026, 8, 1, 11, 58, 0, 123456, UTC)
    assert "hunter2" not in repr(found)
    assert "prometheus" not in repr(found)


def test_the_end_is_the_sender_s_or_now() -> None:
    ended, unsaid = alerts_in(
        message(one(status="resolved", endsAt="2026-08-01T13:59:00+02:00"), one(status="resolved")),
        Sender.GRAFANA,
        NOW,
    )
    assert ended.ended_at == datetime(2026, 8, 1, 11, 59, tzinfo=UTC)
    assert unsaid.ended_at == NOW


def test_the_same_alert_of_two_senders_is_two() -> None:
    prints = {alerts_in(message(one()), each, NOW)[0].fingerprint
              for each in (Sender.ALERTMANAGER, Sender.GRAFANA)}  # fmt: skip
    assert len(prints) == 2
    assert {len(each) for each in prints} == {64}


def test_without_a_fingerprint_the_labels_are_one() -> None:
    several = [one(fingerprint=""), one(fingerprint="", labels={"alertname": "Other"})]
    first, other = alerts_in(message(*several), Sender.ALERTMANAGER, NOW)
    [again] = alerts_in(message(one(fingerprint="", startsAt="2026-08-01T11:59:00Z")),
                        Sender.ALERTMANAGER, NOW)  # fmt: skip
    assert first.fingerprint == again.fingerprint != other.fingerprint


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "Invalid JSON"),
        (b"[]", "the message"),
        (b'{"alerts": [{}]}', "alerts.0.status"),
        (message(one(startsAt="yesterday")), "alerts.0.startsAt"),
        (message(one(startsAt="2026-08-01T11:58:00")), "alerts.0.startsAt"),
        (message(one(status="pending")), "alerts.0.status"),
        (message(one(labels={str(n): "x" for n in range(65)})), "64 labels"),
        (message(one(), truncatedAlerts=3), "3 alerts were cut off"),
        (message(*[one()] * (MOST + 1)), "alerts"),
    ],
)
def test_anything_else_is_refused_with_its_place(body: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        alerts_in(body, Sender.ALERTMANAGER, NOW)


def test_a_refusal_does_not_repeat_what_came() -> None:
    with pytest.raises(Unreadable) as caught:
        alerts_in(message(one(labels={"a": 1}, status="hunter2")), Sender.ALERTMANAGER, NOW)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "value",
    ["postgres password: hunter2", "xoxb-1234567890-abc", "AKIAIOSFODNN7EXAMPLE", "a1" * 20],
)
def test_a_label_that_looks_like_a_secret_is_not_kept(value: str) -> None:
    [found] = alerts_in(message(one(labels={"a": value})), Sender.ALERTMANAGER, NOW)
    assert found.labels == {"a": HIDDEN}


def test_an_incident_has_labels_of_its_own() -> None:
    told = told_in(incident())
    assert told.alert is not None
    assert told.alert.labels == {
        "alertname": "Checkout is slow", "service": "Shop", "urgency": "high",
        "status": "triggered", "priority": "P1", "number": "2",
    }  # fmt: skip
    assert told.alert.firing
    assert told.alert.said_at == datetime(2026, 8, 1, 11, 55, tzinfo=UTC)
    over = told_in(incident("resolved")).alert
    assert over is not None
    assert over.ended_at == datetime(2026, 8, 1, 11, 55, tzinfo=UTC)
    assert over.fingerprint == told.alert.fingerprint


def test_an_acknowledged_incident_still_fires() -> None:
    told = told_in(incident("acknowledged"))
    assert told.alert is not None
    assert told.alert.firing


def test_a_ping_is_no_alert() -> None:
    ping = {"id": "1", "event_type": "pagey.ping", "occurred_at": "2026-08-01T11:55:00Z",
            "data": {"message": "Hello from your friend Pagey!", "type": "ping"}}  # fmt: skip
    assert told_in(json.dumps({"event": ping}).encode()).alert is None


@pytest.mark.parametrize("body", [b"", b"{}", b'{"event": {}}', incident(created_at="soon")])
def test_what_is_no_webhook_of_theirs_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        told_in(body)


def seal(body: bytes, secret: str) -> str:
    return "v1=" + hmac.new(secret.encode(), body, sha256).hexdigest()


@given(st.binary(max_size=64), st.text(min_size=1), st.text(min_size=1))
def test_only_the_secret_signs(body: bytes, secret: str, other: str) -> None:
    assert signed(seal(body, secret), body, [other, secret])
    assert signed(f"{seal(body, 'old')}, {seal(body, secret)}", body, [secret])
    assert not signed(seal(body, secret), body + b" ", [secret])
    assert signed(seal(body, other), body, [secret]) == (other == secret)
    assert not signed("", body, [secret])
    assert not signed(seal(body, secret).upper(), body, [secret])
    assert not signed(seal(body, ""), body, ["", *()])


def test_fresh_times_are_kept_apart() -> None:
    later = (NOW + timedelta(minutes=1)).isoformat()
    first, second = alerts_in(message(one(), one(startsAt=later)), Sender.GRAFANA, NOW)
    assert first.fingerprint == second.fingerprint
    assert first.started_at < second.started_at

"""Alerts come in by their doors, count in checks, and stand on the timelines of runs that watch."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from migrations_app.actions import start
from migrations_app.actions.lock import locked
from migrations_app.actions.tokens import issue
from migrations_app.conductor import lookups
from migrations_app.conductor.alerts import heard
from migrations_app.conductor.evaluate import evaluate
from migrations_app.conductor.lint import lint
from migrations_app.domain.plan.environment import SourceBinding
from migrations_app.domain.reading import Outcome, Query, Reading
from migrations_app.models import Alert, AlertSender, AlertTold, Check, Event, Run, SourceTick
from migrations_app.models.clock import db_now
from migrations_app.reads.plans import plan_of
from migrations_app.reads.tokens import Scope
from migrations_app.sources.alerts import AlertsConfig
from migrations_app.web import alerts as door
from tests.build import CLICK, Room, room
from tests.domain.alerts.test_reading import incident, message, one, seal

if TYPE_CHECKING:
    from pytest_django import Settings


pytestmark = pytest.mark.django_db(transaction=True)

HERE = "/hooks/alerts/"
PAGE = 'severity="page"'


@pytest.fixture(autouse=True)
def _secrets(settings: Settings) -> None:
    settings.WARROOM_PAGERDUTY_SECRETS = ["new", "old"]


def token(*scopes: Scope) -> str:
    User.objects.get_or_create(username="robot")
    return issue("robot", "alerts", scopes or (Scope.EVIDENCE,), 1).secret


def send(
    body: bytes, sender: str = "alertmanager", secret: str | None = None, **headers: str
) -> Any:
    named = {"Authorization": f"Bearer {secret or token()}", **headers}
    client = Client(raise_request_exception=False)
    return client.post(f"{HERE}{sender}", body, "application/json", headers=named)


def page(body: bytes, signer: str = "old") -> Any:
    named = {"X-PagerDuty-Signature": seal(body, signer)}
    return Client().post(f"{HERE}pagerduty", body, "application/json", headers=named)


def reading(text: str = PAGE, ahead: timedelta = timedelta(0), **config: Any) -> Reading:
    binding = SourceBinding(kind="alerts", config=config)
    source = lookups.source(0, "pages", binding)
    return source.read([Query("pages:value", text)], db_now() + ahead)[0]


def watching(text: str = PAGE, **config: Any) -> Room:
    pages = {"name": "pages", "source": "pages", "query": text, "unit": "count",
             "fail_when": "> 0"}  # fmt: skip
    sources = {"pages": {"kind": "alerts", "config": config, "interval": "1s"}}
    routes = {"web": {"driver": "fake", "config": {"name": "web"}}}
    rehearsal = {"kind": "rehearsal", "routes": routes, "sources": sources}
    made = room(checks=[pages], abort=[], environments={"rehearsal": rehearsal})
    start.start(made.run_id, made.ana, CLICK)
    return made


def told(made: Room) -> list[str]:
    kinds = ("alert_began", "alert_ended")
    rows = Event.objects.filter(run_id=made.run_id, kind__in=kinds).order_by("seq")
    return list(rows.values_list("sentence", flat=True))


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


def test_firing_counts_until_resolved() -> None:
    assert reading().outcome is Outcome.EMPTY, "nobody was heard yet"
    send(message(one(), one(fingerprint="2", labels={"alertname": "B", "severity": "info"})))
    found = reading()
    assert (found.outcome, found.value) == (Outcome.OK, 1.0)
    assert reading('severity=~"page|info"').value == 2
    assert reading(senders=["grafana"]).outcome is Outcome.EMPTY
    send(message(one(status="resolved", endsAt="2026-08-01T12:05:00Z")))
    assert reading().value == 0
    assert reading('severity="info"').value == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [("", "Say which alerts"), ("pages", "no label matcher"), ('a=~"(x+)+"', "write the alter")],
)
def test_a_query_that_is_none_is_an_error(text: str, said: str) -> None:
    send(message(one()))
    found = reading(text)
    assert found.outcome is Outcome.ERROR
    assert said in found.detail


def test_what_was_can_t_be_asked() -> None:
    source = lookups.source(0, "pages", SourceBinding(kind="alerts"))
    [found] = source.read([Query("k", PAGE, timedelta(minutes=1))], db_now())
    assert found.outcome is Outcome.ERROR


def test_without_a_sign_of_life_silence_is_no_health() -> None:
    config: dict[str, Any] = {"watchdog": 'alertname="Watchdog"', "within": "5m"}
    send(message(one(status="resolved")))
    silent = reading(**config)
    assert (silent.outcome, silent.value) == (Outcome.EMPTY, None)
    assert "does not fire" in silent.detail
    send(message(one(fingerprint="w", labels={"alertname": "Watchdog"})))
    assert reading(**config).value == 0
    late = reading(ahead=timedelta(minutes=6), **config)
    assert late.outcome is Outcome.EMPTY
    assert "was heard last at" in late.detail
    send(message(one(fingerprint="w", labels={"alertname": "Watchdog"})))
    assert reading(**config).value == 0


def test_doctor_says_who_was_heard() -> None:
    config = AlertsConfig()
    assert not heard(config, db_now()).ok
    send(message())
    assert "without a `watchdog`" in heard(config, db_now()).sentence
    assert not heard(AlertsConfig(watchdog=PAGE), db_now()).ok


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


def test_a_run_hears_of_what_it_watches_and_only_while_it_lives() -> None:
    made = watching(f'{PAGE}, team="shop"')
    send(message(one()))
    assert told(made) == []
    send(message(one(fingerprint="2", labels={"alertname": "A", "severity": "page",
                                              "team": "shop"})))  # fmt: skip
    [event] = Event.objects.filter(run_id=made.run_id, kind="alert_began")
    assert event.payload["checks"] == ["pages"]
    assert (event.actor, event.payload["alert"]) == ("warroom", "A")
    with locked(made.run_id) as held:
        held.run.state = "completed"
    send(message(one(status="resolved", fingerprint="2", endsAt="2026-08-01T12:05:00Z")))
    assert len(told(made)) == 1


def test_a_run_that_was_busy_hears_at_the_next_message(monkeypatch: pytest.MonkeyPatch) -> None:
    made = watching()
    with monkeypatch.context() as patched:
        patched.setattr("migrations_app.actions.alerts.locked", busy)
        assert send(message(one())).status_code == 200
    assert told(made) == []
    send(message())
    assert told(made) == ["Alert HighErrors began at alertmanager"]


def test_a_plan_that_names_no_alerts_stops_nobody_else() -> None:
    broken = watching("high")
    assert send(message(one())).status_code == 200
    assert told(broken) == []
    assert judged(broken) == "NO_DATA"


def test_lint_reads_the_matchers_without_asking_anybody() -> None:
    run = Run.objects.get(pk=watching("high").run_id)
    said = [one.sentence for one in lint(plan_of(run).whole()) if one.code == "query_invalid"]
    assert len(said) == 1
    assert "no label matcher" in said[0]


def busy(run_id: int) -> Any:
    return locked(run_id + 10**6)


def test_the_judge_fails_while_one_fires() -> None:
    made = watching()
    send(message(one()))
    assert judged(made) == "FAIL"
    send(message(one(status="resolved", endsAt=datetime.now(UTC).isoformat())))
    assert judged(made) == "PASS"


def judged(made: Room) -> str:
    tick = SourceTick.objects.get(run_id=made.run_id)
    SourceTick.objects.filter(pk=tick.pk).update(slot=tick.slot + 1)
    assert evaluate(tick.pk)
    return Check.objects.get(run_id=made.run_id).status


def test_what_is_over_for_long_is_forgotten() -> None:
    send(message(one(status="firing"), one(fingerprint="2")))
    send(message(one(status="resolved", endsAt="2026-08-01T12:05:00Z")))
    Alert.objects.update(received_at=db_now() - timedelta(days=31))
    send(message())
    assert Alert.objects.get().firing

"""Alerts received count in checks, and stand on the timelines of runs that watch them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from migrations_app.actions.lock import locked
from migrations_app.conductor import lookups
from migrations_app.conductor.alerts import heard
from migrations_app.conductor.lint import lint
from migrations_app.domain.plan.environment import SourceBinding
from migrations_app.domain.reading import Outcome, Query
from migrations_app.models import Event, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.plans import plan_of
from migrations_app.sources.alerts import AlertsConfig
from tests.domain.alerts.test_reading import message, one
from tests.web.alerting import PAGE, judged, reading, send, told, watching

pytestmark = pytest.mark.django_db(transaction=True)


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

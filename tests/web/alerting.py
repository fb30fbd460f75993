"""Send alerts as their senders do, and see what came of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from migrations_app.actions import start
from migrations_app.actions.tokens import issue
from migrations_app.conductor import lookups
from migrations_app.conductor.evaluate import evaluate
from migrations_app.domain.plan.environment import SourceBinding
from migrations_app.domain.reading import Query, Reading
from migrations_app.models import Check, Event, SourceTick
from migrations_app.models.clock import db_now
from migrations_app.reads.tokens import Scope
from tests.build import CLICK, Room, room
from tests.domain.alerts.test_reading import seal

HERE = "/hooks/alerts/"
PAGE = 'severity="page"'


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


def judged(made: Room) -> str:
    tick = SourceTick.objects.get(run_id=made.run_id)
    SourceTick.objects.filter(pk=tick.pk).update(slot=tick.slot + 1)
    assert evaluate(tick.pk)
    return Check.objects.get(run_id=made.run_id).status

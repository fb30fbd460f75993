"""Take in alerts that other systems send, and tell the runs that watch them.

What is firing is kept first, on its own. Then every live run is brought up to date by comparing:
whatever got lost on the way is made good at the next message.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.db import transaction

from migrations_app.actions.lock import Locked, locked
from migrations_app.actions.record import record
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.alerts.watching import watched, watchers
from migrations_app.domain.errors import Refused
from migrations_app.domain.states import LIVE
from migrations_app.domain.timeline import Kind
from migrations_app.models import Alert, AlertSender, AlertTold, Run
from migrations_app.models.clock import db_now
from migrations_app.reads.plans import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from migrations_app.domain.alerts import shape
    from migrations_app.domain.alerts.watching import Watch

log = logging.getLogger(__name__)

KEPT: Final = timedelta(days=30)
"""How long an alert that is over is kept."""


def receive(sender: shape.Sender, alerts: Sequence[shape.Alert]) -> None:
    """Keep what a message says. The same message again changes nothing, and an old one that comes
    late neither ends an alert that began after it nor begins one that ended after it."""
    with transaction.atomic():
        now = db_now()
        AlertSender.objects.update_or_create(sender=sender, defaults={"heard_at": now})
        for alert in sorted(alerts, key=lambda one: one.fingerprint):
            _keep(alert, now)
        Alert.objects.filter(firing=False, received_at__lt=now - KEPT, told=None).delete()
    tell_runs()


def _keep(alert: shape.Alert, now: datetime) -> None:
    rows = Alert.objects.select_for_update()
    row = rows.filter(sender=alert.sender, fingerprint=alert.fingerprint).first()
    if row is not None:
        _end(row, alert, now) if alert.ended_at else _fire(row, alert, now)
    elif alert.firing:
        Alert.objects.create(
            sender=alert.sender, fingerprint=alert.fingerprint, labels=dict(alert.labels),
            firing=True, started_at=alert.began_at, received_at=now,
        )  # fmt: skip


def _fire(row: Alert, alert: shape.Alert, now: datetime) -> None:
    if not row.firing:
        if alert.said_at and row.ended_at and alert.said_at <= row.ended_at:
            return
        row.started_at = alert.began_at
    row.firing, row.ended_at, row.received_at = True, None, now
    row.started_at = max(row.started_at, alert.started_at)
    row.labels = dict(alert.labels)
    row.save()


def _end(row: Alert, alert: shape.Alert, now: datetime) -> None:
    if row.firing and alert.ended_at and alert.ended_at >= row.started_at:
        row.firing, row.ended_at, row.received_at = False, alert.ended_at, now
        row.save()


def tell_runs() -> None:
    """Put on the timeline of every live run what began and what ended of that which it watches."""
    for run in Run.objects.filter(state__in=LIVE):
        watches = watched(plan_of(run))
        if watches and any(_news(run, watches)):
            _tell(run.pk)


@dataclass(frozen=True, slots=True)
class _News:
    """An alert that a run is to be told of, and the checks that watch it."""

    alert: Alert
    checks: tuple[str, ...]
    began: bool


def _news(run: Run, watches: Sequence[Watch]) -> Iterator[_News]:
    rows = AlertTold.objects.filter(run=run).select_related("alert").order_by("alert_id")
    told = {one.alert_id: one.alert for one in rows}
    firing = {row.pk: row for row in Alert.objects.filter(firing=True).order_by("pk")}
    for key, row in firing.items():
        checks = watchers(watches, row.sender, row.labels)
        if checks and key not in told:
            yield _News(row, tuple(checks), began=True)
    for key, row in told.items():
        checks = watchers(watches, row.sender, row.labels)
        if key not in firing or not checks:
            yield _News(row, tuple(checks), began=False)


def _tell(run_id: int) -> None:
    try:
        with locked(run_id) as held:
            for news in _news(held.run, watched(held.bound)) if held.state in LIVE else ():
                _record(held, news)
    except Refused as busy:
        log.info("run %s hears of its alerts at the next message: %s", run_id, busy.code)


def _record(held: Locked, news: _News) -> None:
    alert, kind = news.alert, Kind.ALERT_BEGAN if news.began else Kind.ALERT_ENDED
    if news.began:
        AlertTold.objects.create(run=held.run, alert=alert)
    else:
        AlertTold.objects.filter(run=held.run, alert=alert).delete()
    name = alert.labels.get("alertname") or "without a name"
    sentence = f"Alert {name:.200} {'began' if news.began else 'ended'} at {alert.sender}"
    payload = {
        "alert": name, "sender": alert.sender, "checks": list(news.checks),
        "started_at": alert.started_at, "ended_at": alert.ended_at,
    }  # fmt: skip
    record(held, kind, sentence, ENGINE, payload=payload)

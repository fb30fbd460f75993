"""Look up which received alerts are firing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.domain.alerts.watching import Watch, understood
from migrations_app.domain.finding import Finding
from migrations_app.domain.reading import Outcome, Query, Reading
from migrations_app.models import Alert, AlertSender
from migrations_app.sources.alerts import AlertsConfig

if TYPE_CHECKING:
    from datetime import datetime

    from pydantic import BaseModel

    from migrations_app.sources.looked_up import Asker


def firing(asker: Asker, query: Query, at: datetime) -> Reading | None:
    """How many of the alerts that `query` names are firing; no value while nobody can know."""
    config = asker.config
    assert isinstance(config, AlertsConfig)  # noqa: S101 (the kind's own)
    why = _deaf(config, at)
    if why:
        return Reading(query.key, query.text, Outcome.EMPTY, detail=why)
    watch = Watch(asker.source, frozenset(config.senders), understood(query.text))
    rows = _firing(config)
    count = sum(watch.sees(row.sender, row.labels) for row in rows)
    return Reading(query.key, query.text, Outcome.OK, float(count), at)


def heard(config: BaseModel, at: datetime) -> Finding:
    """Whether a source could tell now, for doctor."""
    assert isinstance(config, AlertsConfig)  # noqa: S101 (the kind's own)
    why = _deaf(config, at)
    if why:
        return Finding(ok=False, what="alerts", sentence=why)
    if config.watchdog is None:
        return Finding(ok=True, what="alerts", sentence="were heard once; without a `watchdog` "
                       "nobody notices when they stop coming")  # fmt: skip
    return Finding(ok=True, what="alerts", sentence="come in: the watchdog was heard lately")


def _deaf(config: AlertsConfig, at: datetime) -> str:
    """Why what is not firing says nothing; empty where it does."""
    if config.watchdog is None:
        if AlertSender.objects.filter(sender__in=config.senders).exists():
            return ""
        return f"nothing was ever received from {' or '.join(config.senders)}; send a test alert"
    watch = Watch("watchdog", frozenset(config.senders), understood(config.watchdog))
    since = at - config.within
    signs = [row.received_at for row in _firing(config) if watch.sees(row.sender, row.labels)]
    if any(one >= since for one in signs):
        return ""
    last = f"was heard last at {max(signs):%H:%M:%S} UTC" if signs else "does not fire"
    return f"the watchdog {config.watchdog} {last}: what else is silent says nothing"


def _firing(config: AlertsConfig) -> list[Alert]:
    return list(Alert.objects.filter(firing=True, sender__in=config.senders))

"""The webhook of Alertmanager (version 4), which Grafana's contact point sends too.

Source: Alertmanager's `webhook_config`, Grafana's "Configure webhook notifications". Annotations,
values and addresses are not even read: they hold whatever somebody wrote into a template.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 (pydantic reads it)
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from migrations_app.domain.alerts.shape import MOST, Alert, Sender, Unreadable, identity, labelled

_NEVER = 1  # the year of Go's zero time: has not ended


class _Status(StrEnum):
    FIRING = "firing"
    RESOLVED = "resolved"


class _One(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    status: _Status
    labels: dict[str, str]
    starts_at: Annotated[AwareDatetime, Field(alias="startsAt")]
    ends_at: Annotated[AwareDatetime | None, Field(alias="endsAt")] = None
    fingerprint: str = ""


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    alerts: Annotated[tuple[_One, ...], Field(max_length=MOST)]
    truncated: Annotated[int, Field(alias="truncatedAlerts")] = 0


def alerts_in(body: bytes, sender: Sender, now: datetime) -> tuple[Alert, ...]:
    """The alerts in a message. `Unreadable` for anything else; `now` ends what says no end."""
    try:
        message = _Message.model_validate_json(body)
    except ValidationError as error:
        raise Unreadable(_expected(error)) from None
    if message.truncated:
        raise Unreadable(
            f"{message.truncated} alerts were cut off: set `max_alerts` to 0 at the sender."
        )
    return tuple(_alert(one, sender, now) for one in message.alerts)


def _expected(error: ValidationError) -> str:
    """Where and what, without what was given: it may be a secret."""
    wrong = error.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part) for part in wrong["loc"]) or "the message"
    return f"{where}: {wrong['msg']}"[:300]


def _alert(one: _One, sender: Sender, now: datetime) -> Alert:
    labels = labelled(one.labels)
    fingerprint = identity(sender, one.fingerprint or sorted(one.labels.items()))
    return Alert(sender, fingerprint, labels, one.starts_at, _end(one, now))


def _end(one: _One, now: datetime) -> datetime | None:
    if one.status is _Status.FIRING:
        return None
    said = one.ends_at
    return said if said is not None and said.year > _NEVER else now

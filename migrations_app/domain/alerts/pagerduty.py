"""PagerDuty's webhooks, version 3: incidents, and the signature over the raw bytes.

Source: PagerDuty's "Webhooks v3 overview" and "Verifying signatures": `X-PagerDuty-Signature`
holds `v1=` and the hex HMAC-SHA256 of the body, one for each secret while one is being replaced.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, ValidationError

from migrations_app.domain.alerts.shape import Alert, Sender, Unreadable, identity, labelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SIGNATURE: Final = re.compile(r"v1=([0-9a-f]{64})")
_TRIED: Final = 4  # signatures in one header: more than anybody rotates


def signed(header: str, body: bytes, secrets: Iterable[str]) -> bool:
    """Whether one of `secrets` signed `body`. Every one is tried, whatever is found."""
    given = [found[1] for part in header.split(",")[:_TRIED]
             if (found := _SIGNATURE.fullmatch(part.strip()))]  # fmt: skip
    made = [hmac.new(secret.encode(), body, sha256).hexdigest() for secret in secrets if secret]
    return sum(hmac.compare_digest(one, other) for one in made for other in given) > 0


class _Named(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    summary: str = ""


class _Incident(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Annotated[str, Field(min_length=1)]
    number: int | None = None
    status: str
    title: str = ""
    created_at: AwareDatetime
    urgency: str = ""
    service: _Named = _Named()
    priority: _Named | None = None


class _Event(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Annotated[str, Field(min_length=1, max_length=200)]
    event_type: str
    occurred_at: AwareDatetime
    data: dict[str, JsonValue]


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    event: _Event


@dataclass(frozen=True, slots=True)
class Told:
    """One message. `once` names it for ever; `alert` is None for what is about no incident."""

    once: str
    alert: Alert | None


def told_in(body: bytes) -> Told:
    """What a message says. `Unreadable` for what is none of PagerDuty's."""
    try:
        event = _Message.model_validate_json(body).event
        is_one = event.data.get("type") == "incident"
        incident = _Incident.model_validate(event.data) if is_one else None
    except ValidationError as error:
        wrong = error.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in wrong["loc"])
        raise Unreadable(f"{where}: {wrong['msg']}"[:300]) from None
    alert = None if incident is None else _alert(incident, event)
    return Told(identity(Sender.PAGERDUTY, ["event", event.id]), alert)


def _alert(incident: _Incident, event: _Event) -> Alert:
    over = incident.status == "resolved"
    return Alert(
        sender=Sender.PAGERDUTY,
        fingerprint=identity(Sender.PAGERDUTY, incident.id),
        labels=labelled(dict(_labels(incident))),
        started_at=incident.created_at,
        ended_at=event.occurred_at if over else None,
        said_at=event.occurred_at,
    )


def _labels(incident: _Incident) -> Iterator[tuple[str, str]]:
    """What can be matched with. A title is free text, and is cut to what fits."""
    yield "alertname", incident.title
    yield "service", incident.service.summary
    yield "urgency", incident.urgency
    yield "status", incident.status
    if incident.priority is not None:
        yield "priority", incident.priority.summary
    if incident.number is not None:
        yield "number", str(incident.number)

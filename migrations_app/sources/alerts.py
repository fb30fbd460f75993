"""Alerts that other systems sent us: how many of those a query names are firing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from migrations_app.domain.alerts.shape import Sender
from migrations_app.domain.alerts.watching import KIND, understood
from migrations_app.domain.plan.base import Duration, wrong
from migrations_app.sources.looked_up import LookedUp

if TYPE_CHECKING:
    from migrations_app.domain.reading import Query


class AlertsConfig(BaseModel):
    """`senders`: whom to listen to, everybody by default. `watchdog`: matchers of an alert that
    always fires, as a sign of life; without it, silence counts as health once a sender was heard.
    `within`: how old that sign may be."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    senders: tuple[Sender, ...] = Field(default=tuple(Sender), min_length=1)
    watchdog: str | None = None
    within: Duration = timedelta(minutes=5)

    @field_validator("watchdog")
    @classmethod
    def _understood(cls, text: str | None) -> str | None:
        if text is not None:
            understood(text)
        return text

    @model_validator(mode="after")
    def _some_time(self) -> Self:
        if self.within <= timedelta(0):
            raise wrong("must be longer than nothing: twice what the sender waits to repeat itself")
        return self


class AlertsSource(LookedUp):
    """A query is label matchers, such as `severity="page", service=~"orders|shop"`.

    Its value is the number of alerts that fire and fit. PagerDuty's incidents have the labels
    alertname (the title), service, urgency, status, priority and number.
    """

    kind: ClassVar[str] = KIND
    Config: ClassVar[type[BaseModel]] = AlertsConfig
    tried: ClassVar[str] = "a real Alertmanager; Grafana and PagerDuty by their documentation"
    nothing: ClassVar[str] = "no sender was heard yet; send a test alert"
    no_past: ClassVar[str] = (
        "alerts are kept as they stand now; nobody can be asked what was firing"
    )
    waits: ClassVar[str] = "waits for webhooks at /hooks/alerts/"

    def invalid(self, query: Query) -> str | None:
        """Its matchers have to be understood, and only what is can be asked for."""
        refused = super().invalid(query)
        if refused:
            return refused
        try:
            understood(query.text)
        except ValueError as error:
            return str(error)
        return None

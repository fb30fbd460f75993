"""Slack on our side: whose account is whose, which requests were seen before, what was quoted."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from migrations_app.models.clock import ClockTimestamp
from migrations_app.models.event import Event
from migrations_app.models.run import Run


class SlackAccount(models.Model):
    """A Slack account that a person proved to be theirs. Roles are looked up at each click.

    The names are what they were when it was linked: for people to read, and for nothing else.
    """

    team = models.CharField(max_length=40)
    account = models.CharField(max_length=40)
    team_name = models.CharField(max_length=80, blank=True)
    account_name = models.CharField(max_length=80, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="slack_accounts"
    )
    linked_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = (models.UniqueConstraint(fields=("team", "account"), name="one_owner"),)

    def __str__(self) -> str:
        return f"{self.team}/{self.account}"


class Inbound(models.Model):
    """A request from outside that was taken in, so that the same one counts once."""

    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(db_default=ClockTimestamp())

    def __str__(self) -> str:
        return self.digest[:12]


class SlackQuote(models.Model):
    """A message in Slack that stands on a run's timeline. It does so once, whoever put it there."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="slack_quotes")
    channel = models.CharField(max_length=40)
    ts = models.CharField(max_length=24)
    event = models.OneToOneField(Event, models.PROTECT, related_name="slack_quote")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "channel", "ts"), name="quoted_once"),
        )

    def __str__(self) -> str:
        return f"{self.channel}:{self.ts}"

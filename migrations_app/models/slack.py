"""Slack on our side: whose account is whose, and which requests were seen before."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from migrations_app.models.clock import ClockTimestamp


class SlackAccount(models.Model):
    """A Slack account that a person proved to be theirs. Roles are looked up at each click."""

    team = models.CharField(max_length=40)
    account = models.CharField(max_length=40)
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

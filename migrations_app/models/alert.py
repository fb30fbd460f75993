"""Alerts that were received, and which of them a run was told of."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from migrations_app.models.clock import ClockTimestamp
from migrations_app.models.run import Run


class Alert(models.Model):
    """One alert of one sender, as it stands now. Its labels, and nothing of its text.

    `started_at` and `ended_at` are the sender's; `received_at` is when it was last told of, by our
    clock. `firing` is false once it was resolved.
    """

    sender = models.CharField(max_length=12)
    fingerprint = models.CharField(max_length=64)
    labels = models.JSONField(default=dict)
    firing = models.BooleanField()
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("sender", "fingerprint"), name="alert_once"),
        )
        indexes = (
            models.Index(fields=("sender",), condition=Q(firing=True), name="alert_firing"),
            models.Index(fields=("received_at",), condition=Q(firing=False), name="alert_over"),
        )

    def __str__(self) -> str:
        return f"{self.sender}/{self.fingerprint[:12]}"


class AlertSender(models.Model):
    """When a sender was heard last, whatever it said."""

    sender = models.CharField(max_length=12, unique=True)
    heard_at = models.DateTimeField(db_default=ClockTimestamp())

    def __str__(self) -> str:
        return self.sender


class AlertTold(models.Model):
    """A run's timeline says that this alert began, and does not yet say that it ended."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="alerts_told")
    alert = models.ForeignKey(Alert, models.PROTECT, related_name="told")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "alert"), name="alert_told_once"),)

    def __str__(self) -> str:
        return f"{self.alert_id} in run {self.run_id}"

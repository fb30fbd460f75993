"""The outbox: messages that must reach a channel, and how each channel is doing."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from migrations_app.models.clock import ClockTimestamp
from migrations_app.models.run import Run


class Delivery(models.Model):
    """One message for one channel, written in the transaction of the event it tells of."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=80)
    key = models.CharField(max_length=120, unique=True)
    seq = models.PositiveIntegerField()
    style = models.CharField(max_length=8)
    tone = models.CharField(max_length=8)
    headline = models.CharField(max_length=300)
    lines = models.JSONField(default=list)
    facts = models.JSONField(default=list)
    state = models.CharField(max_length=8, default="queued")  # queued, sent, failed
    doubtful = models.BooleanField(default=False)  # outcome unknown: ask before sending again
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(db_default=ClockTimestamp())
    receipt = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(
                fields=("run", "channel", "id"), condition=Q(state="queued"), name="delivery_queued"
            ),
        )

    def __str__(self) -> str:
        return self.key


class ChannelPost(models.Model):
    """One channel of a run: its live message, its pace, and who is sending to it now."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="channel_posts")
    channel = models.CharField(max_length=80)
    anchor = models.CharField(max_length=200, blank=True)
    live_seq = models.PositiveIntegerField(default=0)  # the event the live message shows
    live_digest = models.CharField(max_length=64, blank=True)
    live_doubtful = models.BooleanField(default=False)
    due_at = models.DateTimeField(db_default=ClockTimestamp(), null=True)
    not_before = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_until = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "channel"), name="one_post"),)

    def __str__(self) -> str:
        return f"{self.channel} of run {self.run_id}"


class Beat(models.Model):
    """When a process of ours was last seen at work, by the database's clock."""

    name = models.CharField(max_length=80, unique=True)
    at = models.DateTimeField(db_default=ClockTimestamp())
    detail = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return self.name

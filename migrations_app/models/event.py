"""The timeline, the decisions in it, and the keys that make a click count once."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.fields.json import KT

from migrations_app.models.clock import ClockTimestamp
from migrations_app.models.run import Gate, Run
from migrations_app.models.words import Words


class Event(models.Model):
    """An entry in the timeline: append-only, dense per run, chained by hash.

    `hash` covers everything but itself and includes the hash of the entry before it.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    verb = models.CharField(max_length=20, blank=True)
    actor = models.CharField(max_length=150)
    leg = models.PositiveIntegerField()
    phase = models.IntegerField()
    revision = models.PositiveIntegerField()
    sentence = models.CharField(max_length=1000)
    payload = models.JSONField(default=dict)
    prev_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("run", "seq")
        constraints = (models.UniqueConstraint(fields=("run", "seq"), name="event_seq_once"),)
        indexes = (
            models.Index(fields=("run", "kind", "seq"), name="event_kind_seq"),
            models.Index(
                F("run"), KT("payload__about"), condition=Q(kind="note"), name="event_note_about"
            ),
            GinIndex(Words(), name="event_words"),
        )

    def __str__(self) -> str:
        return f"{self.run_id}/{self.seq} {self.kind}"


class Pin(models.Model):
    """An entry somebody marked as worth finding again. Pinning and unpinning are entries too."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="pins")
    event = models.OneToOneField(Event, models.PROTECT, related_name="pin")
    by = models.CharField(max_length=150)
    at = models.DateTimeField(db_default=ClockTimestamp())

    def __str__(self) -> str:
        return f"pin of {self.event_id}"


class Decision(models.Model):
    """Who decided what, when and why. The evidence is in the event, under its hash. Append-only."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="decisions")
    event = models.OneToOneField(Event, models.PROTECT, related_name="decision")
    gate = models.ForeignKey(Gate, models.PROTECT, null=True, related_name="decisions")
    verb = models.CharField(max_length=20)
    actor = models.CharField(max_length=150)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    via = models.CharField(max_length=12)
    reason = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.verb} by {self.actor}"


class IdempotencyKey(models.Model):
    """A click counts once: the same key again answers with the first outcome."""

    key = models.CharField(max_length=120)
    actor = models.CharField(max_length=150)
    run = models.ForeignKey(Run, models.PROTECT)
    verb = models.CharField(max_length=20)
    digest = models.CharField(max_length=64)
    seq = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("actor", "key"), name="key_once"),)

    def __str__(self) -> str:
        return self.key

"""Checks of a run: when each source is due, what was read, and what the judge says now."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from migrations_app.models.clock import ClockTimestamp
from migrations_app.models.run import Run


class SourceTick(models.Model):
    """The clock of one source of a run. `slot` numbers its ticks; a slot is read once.

    `handed_slot` was given to a worker, `done_slot` was recorded; a gap of two between them
    means that nobody answers and the poller reads by itself.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="ticks")
    source = models.CharField(max_length=80)
    interval = models.DurationField()
    slot = models.PositiveBigIntegerField(default=0)
    done_slot = models.PositiveBigIntegerField(default=0)
    running_slot = models.PositiveBigIntegerField(default=0)
    running_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "source"), name="one_clock"),)
        indexes = (
            models.Index(fields=("due_at",), condition=Q(due_at__isnull=False), name="tick_due"),
        )

    def __str__(self) -> str:
        return f"{self.source} of run {self.run_id}"


class Check(models.Model):
    """What the judge says of one check now. `memory` is the judge's own, bounded and opaque."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="checks")
    name = models.CharField(max_length=80)
    source = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    memory = models.JSONField(default=dict)
    baseline = models.JSONField(null=True)  # the captured reading, when the rule wants one
    status = models.CharField(max_length=8, default="NO_DATA")
    reason = models.CharField(max_length=40, default="not_read")
    sentence = models.CharField(max_length=500, default="not read yet")
    value = models.FloatField(null=True)
    progress = models.FloatField(null=True)
    since = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(db_default=ClockTimestamp())
    evaluated_at = models.DateTimeField(null=True)
    sampled_at = models.DateTimeField(null=True)
    evidence = models.JSONField(default=dict)

    class Meta:
        ordering = ("position",)
        constraints = (models.UniqueConstraint(fields=("run", "name"), name="check_name_once"),)

    def __str__(self) -> str:
        return f"{self.name} of run {self.run_id}"


class Reading(models.Model):
    """What was measured for one check at one tick, and the verdict it led to. Append-only."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="readings")
    check_name = models.CharField(max_length=80)
    leg = models.PositiveIntegerField()
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12)
    value = models.FloatField(null=True)
    blue = models.FloatField(null=True)
    status = models.CharField(max_length=8)
    evidence = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("run", "check_name", "at"), name="one_reading_a_tick"),
        )

    def __str__(self) -> str:
        return f"{self.check_name} at {self.at}"


class Pushed(models.Model):
    """Evidence a pipeline pushed for a check. The newest that has not expired is read."""

    run = models.ForeignKey(Run, models.PROTECT, related_name="pushed")
    check_name = models.CharField(max_length=80)
    value = models.FloatField()
    samples = models.FloatField(null=True)
    sampled_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        indexes = (models.Index(fields=("run", "check_name", "-sampled_at"), name="pushed_newest"),)

    def __str__(self) -> str:
        return f"{self.check_name} for run {self.run_id}"

"""Routes, the flips asked of them, and every attempt made on the outside world."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from migrations_app.models.clock import ClockTimestamp
from migrations_app.models.run import Run


class Route(models.Model):
    """One traffic plane of a run: what ought to be, what was seen, and who is at it.

    `desired` and `baseline` are GREEN's share in percent. The lease (`lease_owner`,
    `lease_epoch`, `lease_until`) says who may talk to the plane; the epoch fences off the late.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="routes")
    name = models.CharField(max_length=80)
    title = models.CharField(max_length=200)
    position = models.PositiveIntegerField()
    rank = models.IntegerField(default=0)
    kind = models.CharField(max_length=40)
    config = models.JSONField()
    baseline = models.DecimalField(max_digits=5, decimal_places=2)
    desired = models.DecimalField(max_digits=5, decimal_places=2)
    moves = models.CharField(max_length=8, default="share", db_default="share")
    lag = models.FloatField(default=0, db_default=0)  # seconds by which clients follow late

    observed = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    observed_at = models.DateTimeField(null=True)
    observed_detail = models.CharField(max_length=500, blank=True)
    in_flight = models.PositiveIntegerField(null=True)  # on the side that gets nothing new
    trouble = models.CharField(max_length=500, blank=True)
    trouble_since = models.DateTimeField(null=True)
    drift_since = models.DateTimeField(null=True)

    lease_owner = models.CharField(max_length=80, blank=True)
    lease_epoch = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)  # when it is to be read next; null: not read
    handed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("run", "name"), name="route_name_once"),
            models.CheckConstraint(
                condition=Q(desired__gte=0, desired__lte=100, baseline__gte=0, baseline__lte=100),
                name="weights_in_range",
            ),
        )
        indexes = (
            models.Index(fields=("read_at",), condition=Q(read_at__isnull=False), name="route_due"),
        )

    def __str__(self) -> str:
        return f"{self.name} of run {self.run_id}"


class Flip(models.Model):
    """One desired weight for one route. Requested, applied and confirmed are separate facts."""

    route = models.ForeignKey(Route, models.PROTECT, related_name="flips")
    leg = models.PositiveIntegerField()
    revision = models.PositiveIntegerField()
    phase = models.IntegerField()
    position = models.PositiveIntegerField()
    purpose = models.CharField(max_length=12)  # forward, compensate, rollback
    weight = models.DecimalField(max_digits=5, decimal_places=2)
    previous = models.DecimalField(max_digits=5, decimal_places=2)  # what to compensate to
    requested_at = models.DateTimeField(db_default=ClockTimestamp())
    begun_at = models.DateTimeField(null=True)  # its turn came: the deadline runs
    applied_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # confirmed, superseded or given up
    failure = models.CharField(max_length=500, blank=True)
    trace = models.CharField(max_length=55, blank=True, db_default="")  # who visits goes on from it

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("route", "revision"), name="one_flip_per_revision"),
            models.UniqueConstraint(
                fields=("route",), condition=Q(closed_at__isnull=True), name="one_open_flip"
            ),
        )

    def __str__(self) -> str:
        return f"{self.weight} % for route {self.route_id}"


class Attempt(models.Model):
    """One try at setting a weight: the intent is written first, the outcome when it is known."""

    route = models.ForeignKey(Route, models.PROTECT, related_name="attempts")
    flip = models.ForeignKey(Flip, models.PROTECT, null=True, related_name="attempts")
    epoch = models.PositiveBigIntegerField()
    owner = models.CharField(max_length=80)
    weight = models.DecimalField(max_digits=5, decimal_places=2)
    token = models.CharField(max_length=200, blank=True)
    began_at = models.DateTimeField(db_default=ClockTimestamp())
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, default="open")
    detail = models.CharField(max_length=500, blank=True)
    read_back = models.DecimalField(max_digits=5, decimal_places=2, null=True)

    def __str__(self) -> str:
        return f"attempt {self.pk} at route {self.route_id}: {self.outcome}"

"""Comparisons of two databases: who is at one, how far it has come, and what it found."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from migrations_app.models.clock import ClockTimestamp
from migrations_app.models.run import Run


class Parity(models.Model):
    """One source of a run that compares databases: its clock, its lease, and the pass it is in.

    `resting`: between two passes. `trouble`: why nothing goes on just now. `salt` keeps digests of
    keys apart from those of other runs.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="parities")
    source = models.CharField(max_length=80)
    config_sha256 = models.CharField(max_length=64)
    salt = models.CharField(max_length=64)
    due_at = models.DateTimeField(db_default=ClockTimestamp())
    handed_at = models.DateTimeField(null=True)
    lease_owner = models.CharField(max_length=120, blank=True)
    lease_epoch = models.PositiveBigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    resting = models.BooleanField(default=False)
    began_at = models.DateTimeField(null=True)  # the newest pass
    trouble = models.CharField(max_length=500, blank=True)
    failures = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "source"), name="one_parity"),)
        indexes = (models.Index(fields=("due_at",), name="parity_due"),)

    def __str__(self) -> str:
        return f"{self.source} of run {self.run_id}"


class ParityPass(models.Model):
    """One comparison of every table, from its first row to its last."""

    parity = models.ForeignKey(Parity, models.CASCADE, related_name="passes")
    number = models.PositiveIntegerField()
    leg = models.PositiveIntegerField()
    config_sha256 = models.CharField(max_length=64)
    began_at = models.DateTimeField(db_default=ClockTimestamp())
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("parity", "-number")
        constraints = (
            models.UniqueConstraint(fields=("parity", "number"), name="one_pass_number"),
            models.UniqueConstraint(
                fields=("parity",), condition=Q(ended_at__isnull=True), name="one_open_pass"
            ),
        )

    def __str__(self) -> str:
        return f"pass {self.number} of {self.parity_id}"


class ParityTable(models.Model):
    """One table in a pass. `progress` is all it takes to go on; keys are in it until it is done.

    `trouble`: why the table can't be compared. `read`: rows looked at, again and again, on a side.
    """

    of = models.ForeignKey(ParityPass, models.CASCADE, related_name="tables")
    name = models.CharField(max_length=80)
    position = models.PositiveIntegerField()
    progress = models.JSONField(default=dict)
    read = models.PositiveBigIntegerField(default=0)
    began_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("of", "position")
        constraints = (models.UniqueConstraint(fields=("of", "name"), name="table_once"),)
        indexes = (models.Index(fields=("name", "-ended_at"), name="parity_newest"),)

    def __str__(self) -> str:
        return f"{self.name} in {self.of_id}"


class ParityDifference(models.Model):
    """A row that differs for good. `key` is a keyed digest, unless the plan shows keys."""

    table = models.ForeignKey(ParityTable, models.CASCADE, related_name="differences")
    key = models.CharField(max_length=500)
    how = models.CharField(max_length=12)
    columns = models.JSONField(default=list)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.how} in {self.table_id}"

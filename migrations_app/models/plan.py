"""The plan: a migration as it is being prepared. Runs execute snapshots of it."""

from __future__ import annotations

from django.db import models

from migrations_app.models.clock import ClockTimestamp


class Migration(models.Model):
    """What is to be moved. `plan` is the runbook's content; `${env:…}` stays unresolved in it."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    plan = models.JSONField()
    sha256 = models.CharField(max_length=64)
    updated_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.slug


class Runbook(models.Model):
    """The text that a plan was loaded from, comments and all.

    `plan_sha256`: of the plan that is in it. The same text loaded again is the same row, and the
    newest again.
    """

    migration = models.ForeignKey(Migration, models.PROTECT, related_name="runbooks")
    plan_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    text = models.TextField()
    loaded_at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("migration", "sha256"), name="runbook_text_once"),
        )

    def __str__(self) -> str:
        return f"runbook {self.sha256[:12]} of {self.migration_id}"

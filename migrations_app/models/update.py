"""Updates: what the comms lead tells the team, or the world, and when the next one is promised."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from migrations_app.models.clock import ClockTimestamp
from migrations_app.models.event import Event
from migrations_app.models.run import Run


class Update(models.Model):
    """One message of a run. Written, if asked for approved, then published; never edited after.

    `audience` is internal or public. `template`: the one it was begun from. `impact`: one of the
    words of a status page. `components` maps a component's name to its impact. `next_at`: when the
    next update is promised. `number` counts the updates of a run. `version` counts its edits.
    """

    run = models.ForeignKey(Run, models.PROTECT, related_name="updates")
    number = models.PositiveIntegerField()
    begun_seq = models.PositiveIntegerField(default=0)  # the entry that says it was begun
    audience = models.CharField(max_length=10)
    state = models.CharField(
        max_length=10, default="draft"
    )  # draft, waiting, approved, published, dropped
    version = models.PositiveIntegerField(default=1)
    template = models.CharField(max_length=40, blank=True)
    stage = models.CharField(max_length=20, blank=True)
    impact = models.CharField(max_length=20, blank=True)
    headline = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    components = models.JSONField(default=dict)
    next_in = models.DurationField(null=True)  # None: as the plan's cadence says
    next_at = models.DateTimeField(null=True)  # from its publication on
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    leaks_accepted = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    published_at = models.DateTimeField(null=True)
    event = models.OneToOneField(Event, models.PROTECT, null=True, related_name="update")

    class Meta:
        ordering = ("run", "number")
        constraints = (
            models.UniqueConstraint(fields=("run", "number"), name="one_update_number"),
            models.CheckConstraint(
                condition=Q(audience__in=("internal", "public")), name="update_audience_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(published_at__isnull=False, event__isnull=False),
                name="published_says_when",
            ),
        )

    def __str__(self) -> str:
        return f"update {self.number} of run {self.run_id}"

"""The public status page of a migration: who may see it, who is told, and what it says now."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from migrations_app.models.clock import ClockTimestamp
from migrations_app.models.plan import Migration
from migrations_app.models.update import Update


class StatusPage(models.Model):
    """What the world may see of a migration. Nothing, until somebody opens it.

    `open_to`: nobody, link (whoever holds an unrevoked link) or everybody (at `slug`).
    `said` is the whole page as it was projected from what was published; `etag` its digest.
    """

    migration = models.OneToOneField(Migration, models.CASCADE, related_name="status_page")
    open_to = models.CharField(max_length=10, default="nobody")
    slug = models.SlugField(max_length=80, blank=True)
    title = models.CharField(max_length=200)
    intro = models.CharField(max_length=500, blank=True)
    said = models.JSONField(default=dict)
    etag = models.CharField(max_length=64, blank=True)
    said_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(open_to__in=("nobody", "link", "everybody")),
                name="status_open_to_known",
            ),
            models.CheckConstraint(
                condition=~Q(open_to="everybody") | ~Q(slug=""), name="open_has_address"
            ),
            models.UniqueConstraint(fields=("slug",), condition=~Q(slug=""), name="one_address"),
        )

    def __str__(self) -> str:
        return f"status page of {self.migration_id}"


class StatusLink(models.Model):
    """An address of a status page that can't be guessed. Only the token's SHA-256 is kept."""

    page = models.ForeignKey(StatusPage, models.CASCADE, related_name="links")
    label = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.label


class Subscriber(models.Model):
    """Somebody who asked for mail: nothing before they confirm, nothing after they leave."""

    page = models.ForeignKey(StatusPage, models.CASCADE, related_name="subscribers")
    email = models.EmailField(max_length=254)
    asked_at = models.DateTimeField(db_default=ClockTimestamp())
    confirmed_at = models.DateTimeField(null=True)
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("page", "email"), name="one_subscription"),)

    def __str__(self) -> str:
        return f"subscriber {self.pk} of {self.page_id}"


class Letter(models.Model):
    """One mail to one subscriber: an update, or the question whether they asked for it.

    Written in the transaction of what it tells of; `state` is queued, sent or failed.
    """

    subscriber = models.ForeignKey(Subscriber, models.CASCADE, related_name="letters")
    update = models.ForeignKey(Update, models.PROTECT, null=True, related_name="letters")
    key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=8, default="queued")
    attempts = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(db_default=ClockTimestamp())
    lease_until = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("not_before",), condition=Q(state="queued"), name="letter_queued"),
        )

    def __str__(self) -> str:
        return self.key

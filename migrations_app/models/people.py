"""People: who holds which role of a migration, and tokens that speak for a person."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from migrations_app.domain.plan.people import Role
from migrations_app.models.clock import ClockTimestamp
from migrations_app.models.plan import Migration

ROLES = [(role.value, role.value) for role in Role]


class Membership(models.Model):
    """A person's role in one migration. `backup` stands in when the holder can't."""

    migration = models.ForeignKey(Migration, models.CASCADE, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=ROLES)
    backup = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("migration", "user", "role"), name="one_role_once"),
            models.UniqueConstraint(
                fields=("migration",), condition=Q(role=Role.DRI, backup=False), name="one_dri"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} of {self.migration_id}"


class Handover(models.Model):
    """A role offered by who holds it to somebody who has to accept. Open while `outcome` is empty.

    The role stays with `giver` until `taker` accepts: it is never with both and never with nobody.
    `outcome`: accepted, declined, withdrawn, expired; `taken`: by who backed it up, without a yes;
    `overtaken`: the role went that way while it was being offered.
    """

    migration = models.ForeignKey(Migration, models.CASCADE, related_name="handovers")
    role = models.CharField(max_length=20, choices=ROLES)
    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    taker = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    offered_at = models.DateTimeField(db_default=ClockTimestamp())
    answered_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("migration", "role", "giver"),
                condition=Q(outcome=""),
                name="one_open_offer",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} of {self.migration_id} to {self.taker_id}"


class Presence(models.Model):
    """When a person was last seen in front of a run. It fades; nobody signs out of a room."""

    run = models.ForeignKey("migrations_app.Run", models.CASCADE, related_name="presences")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        constraints = (models.UniqueConstraint(fields=("run", "user"), name="one_presence"),)

    def __str__(self) -> str:
        return f"{self.user_id} before run {self.run_id}"


class Nudge(models.Model):
    """Somebody was asked for what the room waits for. `about`: `sign_off`, `step:<name>`, …"""

    run = models.ForeignKey("migrations_app.Run", models.CASCADE, related_name="nudges")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    about = models.CharField(max_length=90)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(db_default=ClockTimestamp())

    class Meta:
        indexes = (models.Index(fields=("run", "at"), name="nudges_of_run"),)

    def __str__(self) -> str:
        return f"{self.user_id} nudged about {self.about}"


class ApiToken(models.Model):
    """A token that speaks for `user` within `scopes`. Only its SHA-256 is kept."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=20))
    created_at = models.DateTimeField(db_default=ClockTimestamp())
    expires_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

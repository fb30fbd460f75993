"""People: who holds which role of a migration, and tokens that speak for a person."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

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
        )

    def __str__(self) -> str:
        return f"{self.role} of {self.migration_id}"


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

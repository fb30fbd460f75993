"""The door's memory: how often somebody knocked in vain, and what was used up."""

from __future__ import annotations

from django.db import models


class Knocks(models.Model):
    """Tries to sign in that count until `until`. `who` is a digest: of account, source, or both."""

    who = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.until:%H:%M:%S}"


class Cached(models.Model):
    """Django's cache, kept in the database: one-time codes that were used, tokens that were seen.

    Its columns are Django's. A cache of one process would let a code be used once per process.
    """

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.cache_key

"""Count tries at the door, in PostgreSQL: alike in every process, and there when Redis is not."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import F

from migrations_app.models import Knocks
from migrations_app.models.clock import ClockTimestamp

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Bucket:
    """Tries of one kind from one corner: at most `allowed` within `window_s` seconds."""

    who: tuple[str, ...]
    allowed: int
    window_s: int

    @property
    def key(self) -> str:
        """A digest: names and addresses are not kept."""
        return sha256("\0".join(self.who).encode()).hexdigest()


_TAKE = """
INSERT INTO migrations_app_knocks AS old (who, count, until)
VALUES (%s, 1, clock_timestamp() + %s * interval '1 second')
ON CONFLICT (who) DO UPDATE SET
  count = CASE WHEN old.until <= clock_timestamp() THEN 1 ELSE old.count + 1 END,
  until = CASE WHEN old.until <= clock_timestamp() THEN excluded.until ELSE old.until END
RETURNING count, until
"""


def take(bucket: Bucket) -> datetime | None:
    """Count one try, before it is known how it ends: a hundred at once are a hundred.

    None if it may be made; else when the next one may.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [bucket.key, bucket.window_s])
        count, until = cursor.fetchone()
    return until if count > bucket.allowed else None


def count(bucket: Bucket) -> int:
    """Tries that count now, without making one."""
    found = Knocks.objects.filter(pk=bucket.key, until__gt=ClockTimestamp())
    return found.values_list("count", flat=True).first() or 0


def give_back(bucket: Bucket) -> None:
    """The try was good: it does not count."""
    Knocks.objects.filter(pk=bucket.key, count__gt=0).update(count=F("count") - 1)


def forget(bucket: Bucket) -> None:
    """Start anew, and sweep out what no longer counts."""
    Knocks.objects.filter(pk=bucket.key).delete()
    Knocks.objects.filter(until__lt=ClockTimestamp()).delete()

"""Readings, thinned out so that no spike is lost: the least and the most of every bucket.

One statement whatever the length of the run; what comes back is bounded by checks times buckets.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from django.db import connection

from migrations_app.domain.chart import Bucket

if TYPE_CHECKING:
    from migrations_app.domain.chart import Window

BUCKETS: Final = 300

_SQL: Final = """
SELECT check_name, min(at), max(at), min(value), max(value), min(blue), max(blue),
       avg((evidence -> 'baseline' ->> 'value')::float8),
       bool_or(value IS NULL), bool_or(status = 'FAIL'), bool_or(status = 'NO_DATA')
  FROM migrations_app_reading
 WHERE run_id = %s AND at >= %s AND at <= %s
 GROUP BY check_name,
       width_bucket(extract(epoch FROM at)::float8, %s::float8, %s::float8, %s::int)
 ORDER BY check_name, min(at)
"""


def buckets(run_id: int, window: Window, size: int = BUCKETS) -> dict[str, list[Bucket]]:
    """By check, in order of time. One query."""
    found: dict[str, list[Bucket]] = defaultdict(list)
    start, end = window.start, window.end
    with connection.cursor() as cursor:
        cursor.execute(_SQL, [run_id, start, end, start.timestamp(), end.timestamp(), size])
        for name, *rest in cursor.fetchall():
            found[name].append(Bucket(*rest))
    return dict(found)

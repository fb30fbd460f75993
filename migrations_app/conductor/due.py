"""What is due, claimed in one statement each, so that two pollers never claim the same."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from migrations_app.domain.states import LIVE


@dataclass(frozen=True, slots=True)
class DueSource:
    """A source whose next slot was just opened. `behind`: slots nobody has answered."""

    tick_id: int
    interval_s: float
    behind: int


_SOURCES = """
WITH due AS (
  SELECT id FROM migrations_app_sourcetick
   WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE migrations_app_sourcetick t
   SET slot = slot + 1,
       due_at = greatest(t.due_at + t.interval, clock_timestamp() + t.interval / 2)
  FROM due WHERE t.id = due.id
RETURNING t.id, extract(epoch FROM t.interval), t.slot - 1 - t.done_slot
"""

_ROUTES = """
WITH due AS (
  SELECT id FROM migrations_app_route
   WHERE read_at <= clock_timestamp()
     AND (lease_until IS NULL OR lease_until <= clock_timestamp())
     AND (handed_at IS NULL OR handed_at <= clock_timestamp() - make_interval(secs => %s))
   ORDER BY read_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE migrations_app_route r SET handed_at = clock_timestamp()
  FROM due, migrations_app_route old WHERE r.id = due.id AND old.id = r.id
RETURNING r.id, old.handed_at IS NOT NULL
"""

_RUNS = """
UPDATE migrations_app_run SET wake_at = clock_timestamp() + interval '2 seconds'
 WHERE id IN (SELECT id FROM migrations_app_run WHERE wake_at <= clock_timestamp()
               ORDER BY wake_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id
"""

_POSTS = """
WITH due AS (
  SELECT id FROM migrations_app_channelpost
   WHERE due_at <= clock_timestamp()
     AND (not_before IS NULL OR not_before <= clock_timestamp())
     AND (lease_until IS NULL OR lease_until <= clock_timestamp())
     AND (handed_at IS NULL OR handed_at <= clock_timestamp() - interval '2 seconds')
   ORDER BY due_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
)
UPDATE migrations_app_channelpost p SET handed_at = clock_timestamp()
  FROM due, migrations_app_channelpost old WHERE p.id = due.id AND old.id = p.id
RETURNING p.id, old.handed_at IS NOT NULL
"""

_PARITIES = """
WITH due AS (
  SELECT p.id FROM migrations_app_parity p JOIN migrations_app_run r ON r.id = p.run_id
   WHERE r.state = ANY(%s)
     AND (p.due_at <= clock_timestamp() OR p.resting AND r.settled_at > p.began_at)
     AND (p.lease_until IS NULL OR p.lease_until <= clock_timestamp())
     AND (p.handed_at IS NULL OR p.handed_at <= clock_timestamp() - interval '2 seconds')
   ORDER BY p.due_at LIMIT %s FOR NO KEY UPDATE OF p SKIP LOCKED
)
UPDATE migrations_app_parity p SET handed_at = clock_timestamp()
  FROM due, migrations_app_parity old WHERE p.id = due.id AND old.id = p.id
RETURNING p.id, old.handed_at IS NOT NULL
"""

_UNWRITTEN = """
SELECT r.id FROM migrations_app_run r
  JOIN migrations_app_latch l ON l.run_id = r.id AND l.leg = r.leg
 WHERE r.state IN ('shifting', 'baking', 'gate', 'held', 'frozen', 'completed')
"""


def sources(limit: int = 500) -> list[DueSource]:
    """Open the next slot of every source that is due."""
    return [DueSource(int(pk), float(span), int(gap)) for pk, span, gap in _rows(_SOURCES, limit)]


def routes(patience_s: float, limit: int = 500) -> list[tuple[int, bool]]:
    """Routes to be read, and whether they were handed out before and nobody came."""
    return [(int(pk), bool(again)) for pk, again in _rows(_ROUTES, patience_s, limit)]


def runs(limit: int = 200) -> list[int]:
    """Runs the engine has to look at. If nobody gets to it they are due again in two seconds."""
    return [int(pk) for (pk,) in _rows(_RUNS, limit)]


def posts(limit: int = 200) -> list[tuple[int, bool]]:
    """Channels with something to say, and whether they were handed out before."""
    return [(int(pk), bool(again)) for pk, again in _rows(_POSTS, limit)]


def parities(limit: int = 50) -> list[tuple[int, bool]]:
    """Comparisons to go on with, and whether they were handed out before. Once traffic has moved,
    one that rests begins anew: what it found was of before."""
    states = sorted(state.value for state in LIVE)
    return [(int(pk), bool(again)) for pk, again in _rows(_PARITIES, states, limit)]


def unwritten() -> list[int]:
    """Runs with a latch that has not been written down yet."""
    return [int(pk) for (pk,) in _rows(_UNWRITTEN)]


def _rows(statement: str, *values: float | list[str]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows

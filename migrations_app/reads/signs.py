"""Every vital sign of Warroom: its name, what it means, and how PostgreSQL is asked for it.

Each is one number, found by an index or in a table of a handful of rows: as cheap after a million
events as after a hundred. `docs/operating.md` tells what is done about each.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from migrations_app.domain.states import LIVE, WATCHED, State

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Sign:
    """`sql` selects one number. `unknown`: what it is where there is nothing to measure; None: then
    there is no such number."""

    name: str
    means: str
    sql: str
    unknown: float | None = 0.0


WORDS: Final[Mapping[str, list[str]]] = {
    "live": [state.value for state in LIVE],
    "watched": [state.value for state in WATCHED],
    "unwritten": [state.value for state in WATCHED | {State.FROZEN, State.COMPLETED}],
}
"""Parameters of the questions."""

SHARED: Final = """
WITH beat AS (SELECT at, detail FROM migrations_app_beat WHERE name = 'poller'),
queued AS (SELECT count(*) AS many, min(created_at) AS since
             FROM migrations_app_delivery WHERE state = 'queued'),
letters AS (SELECT count(*) AS many, min(created_at) AS since
              FROM migrations_app_letter WHERE state = 'queued'),
back AS (SELECT min(requested_at) AS since, count(*) FILTER (WHERE failure <> '') AS unverified
           FROM migrations_app_flip WHERE closed_at IS NULL AND purpose = 'rollback'),
tick AS (SELECT t.*, r.started_at
           FROM migrations_app_sourcetick t JOIN migrations_app_run r ON r.id = t.run_id
          WHERE t.due_at IS NOT NULL AND r.state = ANY(%(live)s)),
walked AS (
  SELECT l.at, f.confirmed
    FROM (SELECT * FROM migrations_app_latch ORDER BY id DESC LIMIT 20) l
   CROSS JOIN LATERAL (
     SELECT max(f.confirmed_at) AS confirmed, bool_and(f.confirmed_at IS NOT NULL) AS every
       FROM migrations_app_flip f JOIN migrations_app_route r ON r.id = f.route_id
      WHERE r.run_id = l.run_id AND f.leg = l.leg AND f.purpose = 'rollback') f
   WHERE f.every ORDER BY l.id DESC LIMIT 1)
"""
"""`walked` is the newest of the last rollbacks in which every route was read back."""

SIGNS: Final = (
    Sign(
        "warroom_poller_last_beat_timestamp_seconds",
        "When a poller was last at work, by the database's clock; 0 for never.",
        "SELECT extract(epoch FROM at) FROM beat",
    ),
    Sign(
        "warroom_poller_silence_seconds",
        "How long ago a poller was last at work, by the database's clock alone.",
        "SELECT extract(epoch FROM clock_timestamp() - at) FROM beat",
        unknown=None,
    ),
    Sign(
        "warroom_runs_blind",
        "Runs that are held because nobody could judge what would abort them.",
        """
        SELECT count(*) FROM migrations_app_run r WHERE r.state = 'held' AND 'blind' = (
          SELECT e.payload ->> 'code' FROM migrations_app_event e
           WHERE e.run_id = r.id AND e.kind = 'held' ORDER BY e.seq DESC LIMIT 1)
        """,
    ),
    Sign(
        "warroom_checks_without_data",
        "Checks of runs that are under way of which nothing is known now.",
        """
        SELECT count(*) FROM migrations_app_check c JOIN migrations_app_run r ON r.id = c.run_id
         WHERE c.status = 'NO_DATA' AND r.state = ANY(%(watched)s)
        """,
    ),
    Sign(
        "warroom_source_ticks_behind",
        "Ticks of the source that is furthest behind which nobody has answered yet.",
        "SELECT max(slot - done_slot) FROM tick",
    ),
    Sign(
        "warroom_source_intervals_silent",
        "For how many of its own intervals the most silent source has said nothing.",
        """
        SELECT max(extract(epoch FROM clock_timestamp() - coalesce(done_at, started_at))
                   / extract(epoch FROM "interval")) FROM tick
        """,
    ),
    Sign(
        "warroom_messages_undelivered",
        "Messages that wait to reach a channel.",
        "SELECT many FROM queued",
    ),
    Sign(
        "warroom_message_oldest_undelivered_seconds",
        "For how long the oldest message has waited to reach a channel.",
        "SELECT extract(epoch FROM clock_timestamp() - since) FROM queued",
    ),
    Sign(
        "warroom_letters_queued",
        "Mails to readers of status pages that wait to be sent.",
        "SELECT many FROM letters",
    ),
    Sign(
        "warroom_letter_oldest_queued_seconds",
        "For how long the oldest mail has waited to be sent.",
        "SELECT extract(epoch FROM clock_timestamp() - since) FROM letters",
    ),
    Sign(
        "warroom_routes_drifting",
        "Routes that are not where we decided, and it was not us.",
        """
        SELECT count(*) FROM migrations_app_route
         WHERE drift_since IS NOT NULL AND read_at IS NOT NULL
        """,
    ),
    Sign(
        "warroom_routes_in_trouble",
        "Routes that can't be read or written.",
        "SELECT count(*) FROM migrations_app_route WHERE trouble <> '' AND read_at IS NOT NULL",
    ),
    Sign(
        "warroom_latches_unwritten",
        "Rollbacks that were called and are not on their run's timeline yet.",
        """
        SELECT count(*) FROM migrations_app_run r
          JOIN migrations_app_latch l ON l.run_id = r.id AND l.leg = r.leg
         WHERE r.state = ANY(%(unwritten)s)
        """,
    ),
    Sign(
        "warroom_rollback_open_seconds",
        "How long ago the oldest rollback was called that is not read back on every route.",
        "SELECT extract(epoch FROM clock_timestamp() - since) FROM back",
    ),
    Sign(
        "warroom_rollback_routes_unverified",
        "Routes on their way back that take longer than their driver promises.",
        "SELECT unverified FROM back",
    ),
    Sign(
        "warroom_rollback_last_seconds",
        "What the newest rollback took, from its call to the last route's read-back.",
        "SELECT extract(epoch FROM confirmed - at) FROM walked",
        unknown=None,
    ),
    Sign(
        "warroom_rollback_last_timestamp_seconds",
        "When the newest rollback that was read back was called.",
        "SELECT extract(epoch FROM at) FROM walked",
        unknown=None,
    ),
    Sign(
        "warroom_gate_waiting_seconds",
        "For how long the oldest open gate has been open.",
        """
        SELECT extract(epoch FROM clock_timestamp() - min(opened_at)) FROM migrations_app_gate
         WHERE closed_at IS NULL AND opened_at IS NOT NULL
        """,
    ),
)

OVERDUE: Final[Mapping[str, str]] = {
    "run": "SELECT min(wake_at) FROM migrations_app_run WHERE wake_at IS NOT NULL",
    "source": "SELECT min(due_at) FROM migrations_app_sourcetick WHERE due_at IS NOT NULL",
    "route": "SELECT min(read_at) FROM migrations_app_route WHERE read_at IS NOT NULL",
    "channel": "SELECT min(greatest(due_at, not_before)) FROM migrations_app_channelpost"
    " WHERE due_at IS NOT NULL",
}
"""What a poller hands out, and since when the first of it is due."""

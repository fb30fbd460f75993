"""PostgreSQL's ready-made questions. What can't be known is NULL, never 0."""

from __future__ import annotations

from typing import Final

from migrations_app.sources.sql.ready import Ready

_SENDER: Final = (
    "no such standby or subscriber is connected, what it has replayed is not known, or our role may"
    " not see it (GRANT pg_monitor)"
)
_SLOT: Final = "there is no such replication slot, or it has no position yet"
_SUBSCRIPTION: Final = "there is no such subscription in this database, or no worker runs for it"
_RECEIVER: Final = (
    "this server is no standby, receives nothing at the moment, or our role may not see it "
    "(GRANT pg_monitor)"
)
_UNSEEN: Final = "our role may not see other sessions (GRANT pg_monitor)"
_STATISTICS: Final = "there is no such database, or nothing was counted yet"

# Only with this right are the sessions of others more than a row of NULLs.
_SEES: Final = "pg_has_role(current_user, 'pg_read_all_stats', 'USAGE')"
_OTHERS: Final = (
    "pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)
_SENDERS: Final = "pg_stat_replication"
_SUBSCRIBED: Final = "pg_subscription AS s JOIN {} AS v ON v.subid = s.oid WHERE s.subname = %s"
_WORKERS: Final = _SUBSCRIBED.format("pg_stat_subscription")
_COUNTERS: Final = _SUBSCRIBED.format("pg_stat_subscription_stats")


def _select(what: str, origin: str) -> str:
    return f"SELECT {what} FROM {origin}"  # noqa: S608 - both are literals of this file


def _seen(what: str, origin: str) -> str:
    """NULL unless our role sees the sessions of others."""
    return f"SELECT CASE WHEN {_SEES} THEN ({_select(what, origin)}) END"


def _of_clients(what: str) -> str:
    return _seen(what, _OTHERS)


def _of_sender(what: str) -> str:
    return _select(what, f"{_SENDERS} WHERE application_name = %s")


def _of_slot(what: str) -> str:
    return _select(what, "pg_replication_slots WHERE slot_name = %s")


def _of_database(what: str) -> str:
    return _select(what, "pg_stat_database WHERE datname = %s")


_APP: Final = ("application_name",)
_NAME: Final = ("slot",)
_SUB: Final = ("subscription",)
_DB: Final = ("database",)

READY: Final[dict[str, Ready]] = {
    # On the primary or publisher, where the WAL is written. A standby that has replayed all there
    # is has no measured lag (NULL), but that it has is a fact, and the only one that reads 0.
    "replication_lag": Ready(
        "seconds until a standby or subscriber has replayed a commit",
        _of_sender(
            "CASE WHEN replay_lsn >= pg_current_wal_lsn() THEN 0 "
            "ELSE extract(epoch FROM replay_lag) END"
        ),
        _SENDER,
        _APP,
    ),
    "replication_bytes": Ready(
        "bytes of WAL that a standby or subscriber has not replayed",
        _of_sender("pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)"),
        _SENDER,
        _APP,
    ),
    "replicas": Ready(
        "standbys and subscribers that are streaming",
        _seen("count(*) FILTER (WHERE state = 'streaming')", _SENDERS),
        _UNSEEN,
    ),
    "slot_bytes": Ready(
        "bytes of WAL that the reader of a slot has not confirmed",
        _of_slot(
            "pg_wal_lsn_diff(pg_current_wal_lsn(), coalesce(confirmed_flush_lsn, restart_lsn))"
        ),
        _SLOT,
        _NAME,
    ),
    "slot_retained": Ready(
        "bytes of WAL kept on disk for a slot",
        _of_slot("pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn)"),
        _SLOT,
        _NAME,
    ),
    "slot_active": Ready("1 if somebody reads a slot, else 0", _of_slot("active"), _SLOT, _NAME),
    "slot_lost": Ready(
        "1 if a slot can never catch up, else 0", _of_slot("wal_status = 'lost'"), _SLOT, _NAME
    ),
    "slot_safe": Ready(
        "bytes of WAL until a slot is in danger (max_slot_wal_keep_size)",
        _of_slot("safe_wal_size"),
        f"{_SLOT}; or nothing limits it (max_slot_wal_keep_size)",
        _NAME,
    ),
    # On a standby.
    "standby_lag": Ready(
        "seconds this standby is behind; 0 if it has replayed all it was sent",
        "SELECT CASE WHEN r.status IS DISTINCT FROM 'streaming' THEN NULL "
        "WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0 "
        "ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END "
        "FROM pg_stat_wal_receiver AS r",
        _RECEIVER,
    ),
    # On the subscriber.
    "subscription_lag": Ready(
        "seconds since the publisher last said where it is",
        _select(
            "extract(epoch FROM clock_timestamp() - max(v.latest_end_time) "
            "FILTER (WHERE v.pid IS NOT NULL AND v.relid IS NULL))",
            _WORKERS,
        ),
        _SUBSCRIPTION,
        _SUB,
    ),
    "subscription_running": Ready(
        "1 if a subscription is enabled and its worker runs, else 0",
        _select("bool_or(s.subenabled AND v.pid IS NOT NULL AND v.relid IS NULL)", _WORKERS),
        _SUBSCRIPTION,
        _SUB,
    ),
    "subscription_errors": Ready(
        "errors of a subscription since its statistics were reset",
        _select("v.apply_error_count + v.sync_error_count", _COUNTERS),
        _SUBSCRIPTION,
        _SUB,
    ),
    "subscription_unready": Ready(
        "tables of a subscription that are not yet copied",
        "SELECT CASE WHEN count(*) > 0 THEN count(*) FILTER (WHERE r.srsubstate <> 'r') END "
        "FROM pg_subscription AS s JOIN pg_subscription_rel AS r ON r.srsubid = s.oid "
        "WHERE s.subname = %s",
        "there is no such subscription in this database, or it has no tables",
        _SUB,
    ),
    # Load.
    "connections": Ready("sessions of clients", _of_clients("count(*)"), _UNSEEN),
    "connections_share": Ready(
        "percentage of max_connections in use",
        _of_clients("100.0 * count(*) / current_setting('max_connections')::int"),
        _UNSEEN,
    ),
    "lock_waits": Ready(
        "sessions that wait for a lock",
        _of_clients("count(*) FILTER (WHERE wait_event_type = 'Lock')"),
        _UNSEEN,
    ),
    "longest_transaction": Ready(
        "seconds that the oldest open transaction is open",
        _of_clients("coalesce(extract(epoch FROM clock_timestamp() - min(xact_start)), 0)"),
        _UNSEEN,
    ),
    "deadlocks": Ready(
        "deadlocks since the statistics were reset", _of_database("deadlocks"), _STATISTICS, _DB
    ),
    "rollbacks": Ready(
        "transactions rolled back since the statistics were reset",
        _of_database("xact_rollback"),
        _STATISTICS,
        _DB,
    ),
    "cache_hits": Ready(
        "percentage of blocks found in PostgreSQL's own cache",
        _of_database("100.0 * blks_hit / nullif(blks_hit + blks_read, 0)"),
        _STATISTICS,
        _DB,
    ),
    "wal_bytes": Ready(
        "bytes of WAL written since the statistics were reset",
        "SELECT wal_bytes FROM pg_stat_wal",
        _STATISTICS,
    ),
}

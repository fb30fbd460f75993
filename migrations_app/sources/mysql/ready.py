"""MySQL's and MariaDB's ready-made questions. What can't be known is NULL, never 0."""

from __future__ import annotations

from typing import Final

from migrations_app.sources.sql.ready import Ready

_STATUS: Final = "SHOW GLOBAL STATUS LIKE %s"
_UNKNOWN: Final = "there is no status variable of that name"


def _status(name: str, gives: str) -> Ready:
    return Ready(gives, f"SHOW GLOBAL STATUS LIKE '{name}'", _UNKNOWN)


READY: Final[dict[str, Ready]] = {
    "status": Ready("a status variable that is a number", _STATUS, _UNKNOWN, ("name",)),
    "connections": _status("Threads_connected", "sessions of clients"),
    "threads_running": _status("Threads_running", "sessions that do something"),
    "lock_waits": _status("Innodb_row_lock_current_waits", "row locks somebody waits for"),
    "slow_queries": _status("Slow_queries", "slow queries since the server started"),
    "redo_bytes": _status("Innodb_os_log_written", "bytes of redo log since the server started"),
    "deadlocks": Ready(
        "deadlocks since the server started",
        "SELECT count FROM information_schema.innodb_metrics "
        "WHERE name = 'lock_deadlocks' AND time_enabled IS NOT NULL AND time_disabled IS NULL",
        "InnoDB does not count deadlocks here (innodb_monitor_enable)",
    ),
    "longest_transaction": Ready(
        "seconds that the oldest open transaction is open",
        "SELECT coalesce(max(timestampdiff(SECOND, trx_started, now())), 0) "
        "FROM information_schema.innodb_trx WHERE trx_mysql_thread_id <> connection_id()",
        "",
    ),
}

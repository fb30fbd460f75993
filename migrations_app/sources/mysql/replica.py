"""What `SHOW REPLICA STATUS` says, in old and new words. Pure.

Sources: MySQL's and MariaDB's manuals. A lag of NULL means that replication is broken; a lag of 0
means nothing unless both threads run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from migrations_app.domain.reading import Outcome
from migrations_app.sources.mysql.gtid import missing
from migrations_app.sources.value import NoValue, number
from migrations_app.wire.answer import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from migrations_app.sources.value import Value

    Row = Mapping[str, Any]
    Rows = Sequence[Sequence[object]]

_CHANNEL: Final = ("Channel_Name", "Connection_name")
_NEW: Final = (("Slave", "Replica"), ("Master", "Source"))


def the_one(
    columns: Sequence[str], rows: Sequence[Sequence[object]], channel: str
) -> Row | NoValue:
    """The only row, or that of `channel`, with today's names of its columns."""
    names = [_renamed(column) for column in columns]
    found = [dict(zip(names, row, strict=True)) for row in rows]
    if channel:
        found = [row for row in found if channel in {row.get(key) for key in _CHANNEL}]
    if len(found) > 1:
        sentence = f"it replicates from {len(found)} sources; name a channel"
        return NoValue(Outcome.MANY_SERIES, sentence)
    if not found:
        which = "on this channel" if channel else "or we may not see it (REPLICA MONITOR)"
        return NoValue(Outcome.EMPTY, f"this server is no replica {which}; that is not zero")
    return found[0]


def lag(row: Row) -> Value:
    """Seconds behind, if both threads run."""
    if broken := _broken(row):
        return broken
    if row.get("Seconds_Behind_Source") is None:
        return NoValue(Outcome.EMPTY, "the lag is NULL: replication has stopped; that is not zero")
    return number(row["Seconds_Behind_Source"])


def running(row: Row) -> Value:
    """1 if both threads run, else 0."""
    return float(_broken(row) is None)


def gap(row: Row) -> Value:
    """Transactions that arrived and are not executed; by their global ids."""
    if broken := _broken(row):
        return broken
    sent = str(row.get("Retrieved_Gtid_Set") or row.get("Gtid_IO_Pos") or "")
    done = str(row.get("Executed_Gtid_Set") or row.get("Gtid_Replica_Pos") or "")
    count = missing(sent, done) if sent else None
    if count is None:
        sentence = "nothing with a global id has arrived: is GTID in use? That is not zero"
        return NoValue(Outcome.EMPTY, sentence)
    return float(count)


READY: Final[dict[str, tuple[str, Callable[[Row], Value]]]] = {
    "replica_lag": ("seconds this replica is behind, if both its threads run", lag),
    "replica_running": ("1 if both threads of this replica run, else 0", running),
    "replica_gap": ("transactions this replica was sent and has not executed (GTID)", gap),
}


def _broken(row: Row) -> NoValue | None:
    for thread in ("IO", "SQL"):
        state = str(row.get(f"Replica_{thread}_Running"))
        if state != "Yes":
            told = clean(str(row.get(f"Last_{thread}_Error") or ""), 160)
            said = f"replication is broken: its {thread} thread says {state}"
            return NoValue(Outcome.ERROR, f"{said}: {told}" if told else said)
    return None


def _renamed(column: str) -> str:
    for old, new in _NEW:
        column = column.replace(old, new)
    return column

"""How Warroom itself is, by its own tables: what every process of ours would have to agree on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import connection, transaction

from migrations_app.domain.states import State
from migrations_app.reads.signs import OVERDUE, SHARED, SIGNS, WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

PATIENCE_MS: Final = 3000
KINDS: Final = ("production", "rehearsal")


@dataclass(frozen=True, slots=True)
class Vitals:
    """`signs` by name; None where there is nothing to measure. `runs` by state and kind.
    `overdue`: seconds by what a poller hands out. `database`: its clock, in epoch seconds.
    `poller`: a poller's clock at its last beat, and the database's of that moment."""

    signs: Mapping[str, float | None]
    runs: Mapping[tuple[str, str], int]
    overdue: Mapping[str, float]
    database: float
    poller: tuple[float, float] | None


def vitals() -> Vitals:
    """All of it, in two statements. Raises `DatabaseError` if one takes longer than 3 s."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{PATIENCE_MS}ms"])
        cursor.execute(_STATEMENT, WORDS)
        numbers = iter(cursor.fetchone())
        cursor.execute("SELECT state, kind, count(*) FROM migrations_app_run GROUP BY state, kind")
        counted = {(state, kind): count for state, kind, count in cursor.fetchall()}
    signs = {sign.name: _number(next(numbers), sign.unknown) for sign in SIGNS}
    overdue = {what: float(next(numbers)) for what in OVERDUE}
    every = {(state.value, kind): 0 for state in State for kind in KINDS}
    return Vitals(signs, every | counted, overdue, float(next(numbers)), _clocks(*numbers))


def _number(found: object, unknown: float | None) -> float | None:
    return unknown if found is None else float(str(found))


def _clocks(said: str | None, at: object) -> tuple[float, float] | None:
    try:
        return (float(said), float(str(at))) if said else None
    except ValueError:  # a beat of an older release
        return None


def _statement() -> str:
    asked = [sign.sql for sign in SIGNS]
    asked += [_overdue(since) for since in OVERDUE.values()]
    asked += ["extract(epoch FROM clock_timestamp())"]
    asked += ["SELECT detail FROM beat", "SELECT extract(epoch FROM at) FROM beat"]
    return f"{SHARED} SELECT " + ", ".join(f"({one})" for one in asked)


def _overdue(since: str) -> str:
    return f"coalesce(greatest(0, extract(epoch FROM clock_timestamp() - ({since}))), 0)"


_STATEMENT: Final = _statement()

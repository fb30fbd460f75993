"""Entries that a test needs on a timeline, chained like every other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.actions.lock import locked
from migrations_app.actions.record import record
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.timeline import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping


def written(
    run_id: int, kind: str, sentence: str, payload: Mapping[str, object] | None = None
) -> int:
    """A fact of the engine's; its seq."""
    with locked(run_id) as held:
        event = record(held, Kind(kind), sentence, ENGINE, payload=payload)
    return event.seq

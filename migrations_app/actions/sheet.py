"""Keep a break-glass sheet: an entry of the timeline, under its hash, told to the channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from migrations_app.actions.lock import locked
from migrations_app.actions.record import record
from migrations_app.domain.actor import ENGINE
from migrations_app.domain.sheet import text
from migrations_app.domain.timeline import Kind

if TYPE_CHECKING:
    from migrations_app.domain.sheet import Sheet
    from migrations_app.models import Event


def keep(run_id: int, sheet: Sheet) -> Event:
    """Record `sheet` as it was printed. `body` is its text, a line each."""
    ready = sum(1 for way in sheet.ways if not way.problem)
    sentence = f"Break-glass sheet printed: {ready} of {len(sheet.ways)} routes with commands"
    with locked(run_id) as held:
        return record(held, Kind.SHEET, sentence, ENGINE, payload={"body": text(sheet)})

"""How often people may be asked for the same thing, and how often at all."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

AGAIN_AFTER: Final = timedelta(minutes=2)
"""The same person about the same thing, at most once in this time."""

WINDOW: Final = timedelta(minutes=10)
AT_MOST: Final = 20
"""Nudges of one room in a window: beyond that people should call one another."""


def again_at(nudged: Collection[datetime], now: datetime) -> datetime | None:
    """When the same may be asked again; None if it may be now."""
    ready = max(nudged, default=now - AGAIN_AFTER) + AGAIN_AFTER
    return ready if ready > now else None


def room_at(nudged: Collection[datetime], now: datetime) -> datetime | None:
    """When a room that was nudged at these times has room for another; None if it has now."""
    recent = sorted(at for at in nudged if now - at < WINDOW)
    return None if len(recent) < AT_MOST else recent[-AT_MOST] + WINDOW

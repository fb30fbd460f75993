"""Whether somebody is in front of the room. It fades; nobody signs out of a room."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

SAID_EVERY: Final = timedelta(seconds=15)
"""How often a process says who is connected to it."""

FADES_AFTER: Final = 3 * SAID_EVERY
"""Two rounds may be lost, or a process be killed and its viewers come back to another one."""


class Presence(StrEnum):
    """What is known of a person before a room."""

    HERE = "here"
    AWAY = "away"
    NEVER = "never"


def presence(seen_at: datetime | None, now: datetime) -> Presence:
    """From when they were last seen in front of it."""
    if seen_at is None:
        return Presence.NEVER
    return Presence.HERE if now - seen_at < FADES_AFTER else Presence.AWAY

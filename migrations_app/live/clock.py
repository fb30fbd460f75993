"""The database's clock as this process knows it, and when it last had an answer from there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from migrations_app.live import frames

if TYPE_CHECKING:
    from datetime import datetime


@dataclass
class Clock:
    """Set by every answer of the database; in between it goes on by the monotonic clock."""

    looked: datetime | None = None
    _heard: float = 0.0

    def set(self, now: datetime) -> None:
        self.looked, self._heard = now, time.monotonic()

    def beat(self) -> bytes:
        """A heartbeat; a mere comment while no time is known."""
        if self.looked is None:
            return b": beat\n\n"
        now = self.looked + timedelta(seconds=time.monotonic() - self._heard)
        return frames.beat(now, self.looked)

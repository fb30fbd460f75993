"""A moment by which a whole call has to be over."""

from __future__ import annotations

import time


class Deadline:
    """A moment that all questions of one call share."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then; `TimeoutError` when none are left."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left

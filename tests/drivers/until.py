"""Wait for what a real server will do in its own time."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 60.0  # seconds; only a hung machine takes longer


def until(true: Callable[[], bool], what: str) -> None:
    """Ask until it is so; an error of the network is a no."""
    over = time.monotonic() + PATIENCE
    while time.monotonic() < over:
        with suppress(OSError):
            if true():
                return
        time.sleep(0.01)
    raise AssertionError(f"still not so: {what}")

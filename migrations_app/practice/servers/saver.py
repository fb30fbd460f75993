"""Keeps a load balancer's saved state fresh, so that a crash brings back the weights it had."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from migrations_app.practice.errors import PracticeError

if TYPE_CHECKING:
    from collections.abc import Callable

INTERVAL = 0.2  # seconds; a crash can lose a weight no older than this


class StateSaver:
    """Saves the state of a load balancer several times a second, in a thread, until `stop`."""

    def __init__(self, save: Callable[[], None], interval: float = INTERVAL) -> None:
        self._save = save
        self._interval = interval
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="state saver", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(self._interval):
            self._try()
        self._try()

    def _try(self) -> None:
        """While it is being restarted, what was saved last is what counts."""
        with suppress(OSError, PracticeError):
            self._save()

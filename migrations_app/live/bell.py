"""The bell: tell whoever listens that a run changed. A hint, never the truth.

Rung after commit. It may be lost, late or doubled, and nothing changes: listeners also look at
the database by themselves.
"""

from __future__ import annotations

import json
import logging
import queue
import threading
import time
from dataclasses import dataclass, field

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

log = logging.getLogger(__name__)

STREAM = "warroom:bell"
_KEEP = 1024
_PAUSE_S = 3.0  # after Redis failed, leave it alone for this long


@dataclass
class Bell:
    """Rings through Redis from a thread of its own: a hung Redis costs nobody a click."""

    url: str
    _rings: queue.Queue[tuple[int, str]] = field(default_factory=lambda: queue.Queue(maxsize=1000))
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ring(self, run_id: int, what: str = "event") -> None:
        """`what` names what changed: `event`, `metrics`, `routes`, `outbox`."""
        try:
            self._rings.put_nowait((run_id, what))
        except queue.Full:
            return  # listeners look by themselves
        self._ensure_thread()

    def _ensure_thread(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._carry, name="bell", daemon=True)
                self._thread.start()

    def _carry(self) -> None:
        client = redis.Redis.from_url(
            self.url, socket_timeout=1, socket_connect_timeout=1, retry=Retry(NoBackoff(), 0)
        )
        quiet_until = 0.0
        while True:
            run_id, what = self._rings.get()
            if time.monotonic() < quiet_until:
                continue
            try:
                body = json.dumps({"run": run_id, "what": what})
                client.xadd(STREAM, {"ring": body}, maxlen=_KEEP, approximate=True)
            except redis.RedisError as error:
                quiet_until = time.monotonic() + _PAUSE_S
                log.warning("the bell can't ring, viewers fall back to polling: %s", error)


_BELLS: dict[str, Bell] = {}


def bell(url: str) -> Bell:
    """The bell of this process for the Redis at `url`."""
    return _BELLS.setdefault(url, Bell(url))

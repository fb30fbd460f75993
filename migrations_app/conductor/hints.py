"""Poke the workers. A hint may be lost, late or doubled; a broker that hangs costs nobody a click.

Hints leave from a thread of their own. When the broker does not answer they are dropped for a
moment: the poller finds the same work in PostgreSQL.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from celery import current_app
from kombu.exceptions import KombuError, OperationalError
from redis.exceptions import RedisError

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger(__name__)

_PAUSE_S = 3.0


@dataclass(frozen=True, slots=True)
class Hint:
    """`task` is to be told of `pk`; worthless after `expires` seconds."""

    task: str
    queue: str
    pk: int
    expires: float


def route(pk: int) -> Hint:
    """Somebody should visit this route."""
    return Hint("warroom.traffic.reconcile", "traffic", pk, 5)


def source(pk: int, interval_s: float) -> Hint:
    """This source is due."""
    return Hint("warroom.metrics.evaluate", "metrics", pk, interval_s)


def parity(pk: int) -> Hint:
    """This comparison can go on."""
    return Hint("warroom.metrics.compare", "metrics", pk, 10)


def outbox(pk: int) -> Hint:
    """This channel has something to say."""
    return Hint("warroom.outbox.relay", "outbox", pk, 10)


@dataclass
class _Sender:
    waiting: queue.Queue[Hint] = field(default_factory=lambda: queue.Queue(maxsize=10_000))
    lock: threading.Lock = field(default_factory=threading.Lock)
    thread: threading.Thread | None = None
    quiet_until: float = 0.0

    def put(self, hints: Iterable[Hint]) -> None:
        for hint in hints:
            try:
                self.waiting.put_nowait(hint)
            except queue.Full:
                return
        with self.lock:
            if self.thread is None or not self.thread.is_alive():
                self.thread = threading.Thread(target=self._send, name="hints", daemon=True)
                self.thread.start()

    def _send(self) -> None:
        while True:
            hint = self.waiting.get()
            if time.monotonic() < self.quiet_until:
                continue
            try:
                current_app.send_task(
                    hint.task, (hint.pk,), queue=hint.queue, expires=hint.expires,
                    retry=False, ignore_result=True,
                )  # fmt: skip
            except (KombuError, OperationalError, RedisError, OSError) as error:
                self.quiet_until = time.monotonic() + _PAUSE_S
                log.warning("no hints for a moment, the broker does not answer: %s", error)


_SENDER = _Sender()


def poke(hints: Iterable[Hint]) -> None:
    """Send these on their way; returns at once."""
    _SENDER.put(hints)


def reachable() -> bool:
    """Whether the broker took the last hint, as far as is known."""
    return time.monotonic() >= _SENDER.quiet_until

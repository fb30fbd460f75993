"""The poller: find what is due, hand it to the workers, and do it itself when nobody answers.

Needs PostgreSQL alone. Two of them are harmless: everything is claimed from rows.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connections

from migrations_app.actions import engine
from migrations_app.conductor import due, hints
from migrations_app.conductor.beat import beat
from migrations_app.conductor.cadence import remind
from migrations_app.conductor.evaluate import evaluate
from migrations_app.conductor.guard import guard
from migrations_app.conductor.heartbeat import Heartbeat
from migrations_app.conductor.letters import send_letters
from migrations_app.conductor.parity import compare
from migrations_app.conductor.reconcile import reconcile
from migrations_app.conductor.relay import relay
from migrations_app.conductor.remember import remember
from migrations_app.conductor.rollback import write_down
from migrations_app.conductor.take_in import take_in
from migrations_app.domain.about import about
from migrations_app.domain.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from migrations_app.conductor.due import DueSource

log = logging.getLogger(__name__)

ROUND_S = 0.1
_ROUTE_PATIENCE_S = 1.0
_BEAT_S = 2.0
_DESK_S = 2.0
_REMEMBER_S = 5.0
_LET_GO_S = 5.0
_SILENCE = 2  # slots without an answer after which the poller reads by itself
_OWN_SLOTS = 30  # for so many; then the workers have another chance


@dataclass
class Poller:
    """Call `run` until `stop` is set. `hands`: how many things it does itself at once."""

    hands: int = 8
    stop: threading.Event = field(default_factory=threading.Event)
    heartbeat: Heartbeat = field(default_factory=lambda: Heartbeat(settings.WARROOM_HEARTBEAT_URL))
    _pool: ThreadPoolExecutor = field(init=False)
    _busy: set[tuple[str, int]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _own: dict[int, int] = field(default_factory=dict)
    _beat_at: float = 0.0
    _desk_at: float = 0.0
    _remembered_at: float = float("-inf")

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.hands, thread_name_prefix="poller")

    def run(self) -> None:
        """Rounds until stopped. A database that is away is waited for, never given up."""
        self.heartbeat.start()
        while not self.stop.is_set():
            began = time.monotonic()
            try:
                self.round()
                self.heartbeat.round_finished()
            except (DatabaseError, InterfaceError) as error:
                log.warning("the database does not answer, trying again: %s", error)
                connections.close_all()
                self.stop.wait(0.5)
            self.stop.wait(max(0.0, ROUND_S - (time.monotonic() - began)))
        self.heartbeat.stop()
        self._let_go()

    def _let_go(self) -> None:
        """What is under way is finished; every hand gives its database connection back."""
        together = threading.Barrier(self.hands)
        for _ in range(self.hands):
            self._pool.submit(_give_back, together)
        self._pool.shutdown(wait=True)

    def round(self) -> None:
        """One look at everything that may be due."""
        close_old_connections()
        _guarded("journals", 0, lambda _: take_in())
        for run_id in due.unwritten():
            write_down(run_id, 300)
        for run_id in due.runs():
            self._alone("run", run_id, _tick)
        self._sources()
        self._routes()
        self._posts()
        self._parities()
        self._desk()
        self._remember()
        self._beat()

    def _sources(self) -> None:
        found = due.sources()
        hints.poke(hints.source(one.tick_id, one.interval_s) for one in found)
        for one in found:
            if self._deserted(one) or not hints.reachable():
                self._alone("source", one.tick_id, evaluate)

    def _deserted(self, one: DueSource) -> bool:
        """Whether nobody answers for this source: then every slot of the next ones is ours, or it
        would be read at every third only."""
        left = _OWN_SLOTS if one.behind >= _SILENCE else self._own.pop(one.tick_id, 0) - 1
        if left > 0:
            self._own[one.tick_id] = left
        return left > 0

    def _routes(self) -> None:
        found = due.routes(_ROUTE_PATIENCE_S)
        hints.poke(hints.route(pk) for pk, _ in found)
        for pk, nobody_came in found:
            if nobody_came or not hints.reachable():
                self._alone("route", pk, reconcile)

    def _posts(self) -> None:
        found = due.posts()
        hints.poke(hints.outbox(pk) for pk, _ in found)
        for pk, nobody_came in found:
            if nobody_came or not hints.reachable():
                self._alone("post", pk, relay)

    def _parities(self) -> None:
        found = due.parities()
        hints.poke(hints.parity(pk) for pk, _ in found)
        for pk, nobody_came in found:
            if nobody_came or not hints.reachable():
                self._alone("parity", pk, compare)

    def _desk(self) -> None:
        """Broken promises, mail, and runs that went blind: nothing a rollback has to wait for."""
        if time.monotonic() - self._desk_at >= _DESK_S:
            self._alone("desk", 0, _see_to_the_desk)
            self._alone("guard", 0, lambda _: guard())
            self._desk_at = time.monotonic()

    def _alone(self, what: str, pk: int, work: Callable[[int], object]) -> None:
        """Do it in a thread of our own, unless that very thing is still being done there."""
        key = (what, pk)
        with self._lock:
            if key in self._busy:
                return
            self._busy.add(key)
        done = self._pool.submit(_guarded, what, pk, work)
        done.add_done_callback(lambda _: self._free(key))

    def _free(self, key: tuple[str, int]) -> None:
        with self._lock:
            self._busy.discard(key)
        self.heartbeat.work_finished()

    def _remember(self) -> None:
        """What this machine has to know when PostgreSQL is away."""
        if time.monotonic() - self._remembered_at >= _REMEMBER_S:
            self._alone("remember", 0, lambda _: remember())
            self._remembered_at = time.monotonic()

    def _beat(self) -> None:
        if time.monotonic() - self._beat_at >= _BEAT_S:
            beat("poller")
            self._beat_at = time.monotonic()


def _tick(run_id: int) -> None:
    """Everything that is due for a run now, one transaction each."""
    while engine.tick(run_id) is not None:
        pass


def _see_to_the_desk(_: int) -> None:
    remind()
    send_letters()


def _give_back(together: threading.Barrier) -> None:
    """Wait for the other hands, so that each of them gets here once."""
    with suppress(threading.BrokenBarrierError):
        together.wait(_LET_GO_S)
    connections.close_all()


def _guarded(what: str, pk: int, work: Callable[[int], object]) -> None:
    """One failing thing never takes the poller, or anything else, down with it."""
    with about(**{what: pk} if pk else {}):
        try:
            close_old_connections()
            work(pk)
        except Refused as refused:
            log.info("%s %s: %s", what, pk, refused.message)
        except Exception:
            log.exception("%s %s failed; it is due again shortly", what, pk)

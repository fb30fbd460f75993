"""One cell of the table: one server, so many viewers, a number of events."""

from __future__ import annotations

import math
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.crowd import crowd
from bench.picture import mark
from bench.process import cpu_s, memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.crowd import Crowd, Heard
    from bench.peers import Peer

PACE_S = 0.1
"""An event is published when everybody has the last one, and no sooner than after this time."""

WARM_UP = 3
STALLED = 0.2


@dataclass(frozen=True, slots=True)
class Cell:
    """What was measured. Seconds and bytes.

    `heard` while all read, `beside` while a fifth of them had stopped; `connect` until all were
    let in, `back` the same after a restart; `cpu` of the server during `heard`, over `lasted`;
    `grown` by the stalled.
    """

    peer: str
    viewers: int
    heard: tuple[Heard, ...]
    beside: tuple[Heard, ...]
    connect: float
    cpu: float
    lasted: float
    held: float
    grown: float
    back: float = math.nan

    @property
    def deliveries(self) -> int:
        return sum(len(one.after) for one in self.heard)


def measured(peer: Peer, viewers: int, events: int) -> Cell:
    """Start the server, let everybody in, publish, let some stall, publish again; restart it, and
    let everybody back in."""
    with _running(peer) as pid, crowd() as people:
        cell = _measured(peer, pid, people, viewers, events)
        peer.cookies = people.cookies()
    with _running(peer), crowd() as people:
        return replace(cell, back=people.open(peer.port, _requests(peer, viewers)))


@contextmanager
def _running(peer: Peer) -> Iterator[int]:
    peer.start()
    try:
        assert peer.process is not None
        yield peer.process.pid
    finally:
        peer.stop()


def _requests(peer: Peer, viewers: int) -> list[str]:
    return [peer.request(number) for number in range(viewers)]


def _measured(peer: Peer, pid: int, people: Crowd, viewers: int, events: int) -> Cell:
    marks = map(mark, range(1, 1_000_000))
    empty = memory(pid)
    connect = people.open(peer.port, _requests(peer, viewers))

    def hear() -> Heard:
        return people.hear(next(marks), peer.publish)

    for _ in range(WARM_UP):
        hear()
    full, spent, began = memory(pid), cpu_s(pid), time.monotonic()
    heard = _paced(hear, events)
    cpu, lasted = cpu_s(pid) - spent, time.monotonic() - began
    before = memory(pid)
    people.stall(STALLED)
    beside = _paced(hear, events)
    return Cell(
        peer.name, viewers, heard, beside, connect, cpu=cpu, lasted=lasted,
        held=(full - empty) / viewers, grown=memory(pid) - before,
    )  # fmt: skip


def _paced(hear: Callable[[], Heard], events: int) -> tuple[Heard, ...]:
    heard: list[Heard] = []
    for _ in range(events):
        due = time.monotonic() + PACE_S
        heard.append(hear())
        time.sleep(max(0.0, due - time.monotonic()))
    return tuple(heard)

"""One cell of the table: one server, so many viewers, a number of events."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.crowd import crowd
from bench.picture import mark
from bench.process import cpu_s, memory

if TYPE_CHECKING:
    from collections.abc import Callable

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
    let in; `cpu` of the server during `heard`, over `lasted`; `grown` by the stalled.
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

    @property
    def deliveries(self) -> int:
        return sum(len(one.after) for one in self.heard)


def measured(peer: Peer, viewers: int, events: int) -> Cell:
    """Start the server, let everybody in, publish, let some stall, publish again, stop."""
    peer.start()
    try:
        assert peer.process is not None
        with crowd() as people:
            return _measured(peer, peer.process.pid, people, viewers, events)
    finally:
        peer.stop()


def _measured(peer: Peer, pid: int, people: Crowd, viewers: int, events: int) -> Cell:
    marks = map(mark, range(1, 1_000_000))
    empty = memory(pid)
    connect = people.open(peer.port, [peer.request(number) for number in range(viewers)])

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
    return Cell(peer.name, viewers, heard, beside, connect, cpu, lasted,
                (full - empty) / viewers, memory(pid) - before)  # fmt: skip


def _paced(hear: Callable[[], Heard], events: int) -> tuple[Heard, ...]:
    heard: list[Heard] = []
    for _ in range(events):
        due = time.monotonic() + PACE_S
        heard.append(hear())
        time.sleep(max(0.0, due - time.monotonic()))
    return tuple(heard)

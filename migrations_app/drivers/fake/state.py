"""What a fake plane does now: a pure function of its journal and the time.

There is no timer to lose: a write that takes effect late does so because its line says when.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.drivers.fake.faults import WELL, Faults
from migrations_app.drivers.fake.lines import Born, Injected, Outcome, Write
from migrations_app.drivers.share import combined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

    from migrations_app.drivers.fake.lines import Line


@dataclass(frozen=True, slots=True)
class State:
    """The weight of each target, and how many writes were taken, those to come included."""

    targets: tuple[Decimal, ...]
    version: int

    @property
    def weight(self) -> Decimal:
        return combined(self.targets)


def fold(lines: Sequence[Line], now: float) -> State:
    """The state after every write whose time has come, in the order in which they come."""
    born = next(line for line in lines if isinstance(line, Born))
    targets, newest = (born.initial,) * born.targets, -1
    taken = sorted(_taken(lines), key=lambda one: one[:2])
    for when, index, write in taken:
        if when <= now and not (write.ordered and index < newest):
            targets, newest = _moved(targets, write), index
    return State(targets, len(taken))


def faults_now(lines: Sequence[Line], configured: Faults) -> Faults:
    """What goes wrong with the next call: what was injected last, else what is configured."""
    last = max((i for i, line in enumerate(lines) if isinstance(line, Injected)), default=0)
    injected = lines[last]
    faults = injected.faults if isinstance(injected, Injected) else configured
    calls = sum(isinstance(line, Write) and line.pid is not None for line in lines[last:])
    return WELL if faults.times is not None and calls >= faults.times else faults


def _taken(lines: Sequence[Line]) -> Iterator[tuple[float, int, Write]]:
    """Accepted writes with the time of their effect; one that has none happens where it stands."""
    at = 0.0
    for index, line in enumerate(lines):
        if isinstance(line, Write) and line.outcome is Outcome.APPLIED:
            at = at if line.at is None else line.at
            yield at if line.effective_at is None else line.effective_at, index, line


def _moved(targets: tuple[Decimal, ...], write: Write) -> tuple[Decimal, ...]:
    asked = write.weights or (write.weight,) * len(targets)
    return tuple(old if new is None else new for old, new in zip(targets, asked, strict=False))

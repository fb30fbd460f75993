"""The handle on a fake plane: what drivers and outside hands do to it, and what it remembers."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

from migrations_app.domain.errors import ConfigError
from migrations_app.drivers.fake.faults import WELL, Faults
from migrations_app.drivers.fake.journal import FileJournal, MemoryJournal
from migrations_app.drivers.fake.lines import Born, Injected, Outcome, Write
from migrations_app.drivers.fake.state import faults_now, fold
from migrations_app.drivers.share import CENT

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from pathlib import Path

    from migrations_app.drivers.fake.journal import Journal, Pages
    from migrations_app.drivers.fake.lines import Line
    from migrations_app.drivers.fake.state import State


@dataclass(frozen=True, slots=True)
class Asked:
    """A driver's write: `expected` is the token the plane must still have, if it compares any."""

    weight: Decimal
    faults: Faults = WELL
    ordered: bool = False
    expected: str | None = None
    token: str | None = None
    epoch: int | None = None


@dataclass(frozen=True, slots=True)
class FakePlane:
    """A load balancer for drivers and tests to share. `clock` gives seconds since 1970."""

    journal: Journal
    born: Born
    clock: Callable[[], float] = time.time
    sleep: Callable[[float], None] = time.sleep

    def state(self) -> State:
        """What it does now."""
        return fold(self.lines(), self.clock())

    def writes(self) -> list[Write]:
        """Every write there ever was, refused and outside ones included: the ground truth."""
        return [line for line in self.lines() if isinstance(line, Write)]

    def faults(self, configured: Faults = WELL) -> Faults:
        """What goes wrong with the next call."""
        return faults_now(self.lines(), configured)

    def inject(self, faults: Faults) -> None:
        """Let things go wrong from now on, for every driver of this plane."""
        self._add(Injected(faults=faults))

    def heal(self) -> None:
        self.inject(WELL)

    def drift(self, weight: Decimal, after: float = 0.0) -> None:
        """An outside hand moves it, `after` seconds from now."""
        now = self.clock()
        self._add(Write(weight=weight, at=now, effective_at=now + after))

    def write(self, asked: Asked) -> Outcome:
        """Take a driver's write, as the faults will have it."""
        with self.journal.held() as pages:
            now = self.clock()
            write = _written(asked, fold(self._read(pages), now), now)
            pages.add(write)
        if asked.faults.drift_to is not None:
            self.drift(asked.faults.drift_to, asked.faults.drift_after)
        return write.outcome

    def lines(self) -> list[Line]:
        with self.journal.held() as pages:
            return list(self._read(pages))

    def _add(self, line: Line) -> None:
        with self.journal.held() as pages:
            self._read(pages)
            pages.add(line)

    def _read(self, pages: Pages) -> list[Line]:
        if not pages.lines:
            pages.add(self.born)
        return pages.lines


def _written(asked: Asked, state: State, now: float) -> Write:
    return Write(
        weight=asked.weight,
        weights=_per_target(asked, state),
        at=now,
        effective_at=now + asked.faults.late,
        outcome=_outcome(asked, state),
        ordered=asked.ordered,
        token=asked.token,
        epoch=asked.epoch,
        pid=os.getpid(),
    )


def _outcome(asked: Asked, state: State) -> Outcome:
    faults = asked.faults
    told = (
        (faults.refuse, Outcome.REFUSED),
        (faults.transient, Outcome.TRANSIENT),
        (faults.conflict or asked.expected not in {None, str(state.version)}, Outcome.CONFLICT),
        (faults.lying, Outcome.LIED),
    )
    return next((outcome for happens, outcome in told if happens), Outcome.APPLIED)


def _per_target(asked: Asked, state: State) -> tuple[Decimal | None, ...]:
    if not asked.faults.partial:
        return (asked.weight,) * len(state.targets)
    if len(state.targets) == 1:
        return (((asked.weight + state.targets[0]) / 2).quantize(CENT),)
    return asked.weight, *(None,) * (len(state.targets) - 1)


_planes: dict[str, FakePlane] = {}
_lock = Lock()


def plane(name: str, born: Born, path: Path | None = None) -> FakePlane:
    """The plane of this name in this process, or of this file in every process.

    `ConfigError` if somebody already has it with other targets or another initial weight.
    """
    key = f"file {path.absolute()}" if path else f"name {name}"
    with _lock:
        known = _planes.setdefault(
            key, FakePlane(FileJournal(path) if path else MemoryJournal(), born)
        )
    if known.born != born:
        raise ConfigError(
            f'the fake plane "{name}" already has {known.born.targets} targets at '
            f"{known.born.initial} %. Give it another name, or the same targets and initial weight."
        )
    return known


def forget() -> None:
    """Let go of every plane of this process, so that the next test starts anew."""
    with _lock:
        _planes.clear()

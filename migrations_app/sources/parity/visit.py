"""Both databases, open for a few steps. Nothing of it outlives the visit."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from migrations_app.domain.errors import Transient
from migrations_app.domain.parity.progress import Stage
from migrations_app.sources.parity.connect import connect
from migrations_app.sources.parity.shape import Pair, pair
from migrations_app.sources.parity.step import Ground, Step, step

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from migrations_app.domain.parity.progress import Progress
    from migrations_app.sources.parity.config import Brake, ParityConfig
    from migrations_app.sources.parity.connect import Connection
    from migrations_app.sources.parity.side import Ask

_SMALLEST: Final = 100
STEP_S: Final = 25.0
"""How long a step may go on asking; its last statement is bounded by the configuration."""


@dataclass
class Visit:
    """Made by `visit`. A table's columns are looked up once per visit."""

    config: ParityConfig
    blue: Connection
    green: Connection
    pool: ThreadPoolExecutor
    pairs: dict[str, Pair] = field(default_factory=dict)
    until: float = float("inf")

    def pair(self, table: str) -> Pair:
        """Both sides of a table. `Permanent` where they can't be compared."""
        self.until = time.monotonic() + STEP_S
        with self.moment():
            return self._pair(table)

    def step(self, table: str, known: Progress) -> Step:
        """One step, seen on each side as of one moment. A piece that takes too long is made
        smaller, and grows back."""
        began = time.monotonic()
        self.until = began + STEP_S
        with self.moment():
            ground = Ground(self.config, self._pair(table), self.pool)
            done = step(ground, known)
        size = resized(done.progress.chunk, time.monotonic() - began, self.config)
        return Step(done.progress.but(chunk=size), done.found, done.read, done.settle)

    def held_back(self) -> str:
        """Which brake is on, as a sentence; empty while none is."""
        with self.moment():
            told = (_held_back(brake, self._side(brake.on)) for brake in self.config.brakes)
            return next((sentence for sentence in told if sentence), "")

    @contextmanager
    def moment(self) -> Iterator[None]:
        """What is read within is read in one transaction per side, which is then over."""
        with ExitStack() as until_read:
            for side in (self.blue, self.green):
                side.begin()
                until_read.callback(side.end)
            yield

    def _pair(self, table: str) -> Pair:
        if table not in self.pairs:
            blue, green = self._asking(self.blue), self._asking(self.green)
            self.pairs[table] = pair(self.config, table, blue, green)
        return self.pairs[table]

    def _asking(self, side: Connection) -> Ask:
        def ask(sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
            if time.monotonic() > self.until:
                raise Transient(f"a step took more than {STEP_S:g} s and was given up")
            return side.ask(sql, values)

        return ask

    def _side(self, name: str) -> Connection:
        return self.blue if name == "blue" else self.green


@contextmanager
def visit(config: ParityConfig) -> Iterator[Visit]:
    """Raises a `SeamError` where a side can't be reached."""
    timeout_s = config.timeout.total_seconds()
    with ExitStack() as until_done:
        sides = []
        for database in (config.blue, config.green):
            sides.append(connect(database, timeout_s))
            until_done.callback(sides[-1].close)
        pool = until_done.enter_context(ThreadPoolExecutor(1, thread_name_prefix="parity"))
        blue, green = sides
        yield Visit(config, blue, green, pool)


def resized(chunk: int, took_s: float, config: ParityConfig) -> int:
    """How large the next piece is after one of `chunk` rows took so long."""
    timeout_s = config.timeout.total_seconds()
    if took_s > timeout_s / 2:
        return max(_SMALLEST, chunk // 2)
    return min(config.chunk, chunk * 2) if took_s < timeout_s / 8 else chunk


def smaller(known: Progress) -> Progress:
    """After a piece that could not be read in time."""
    if known.stage is not Stage.WALK:
        return known
    return known.but(chunk=max(_SMALLEST, known.chunk // 2))


def pause(read: int, rows_per_second: int, took_s: float) -> float:
    """Seconds to wait after so many rows, so that on average no more are read than allowed."""
    return max(0.0, read / rows_per_second - took_s)


def _held_back(brake: Brake, side: Connection) -> str:
    """A brake that can't be read is on: it would be missed when it is needed."""
    try:
        rows = side.ask(brake.query.replace("%", "%%"))
        value = None if len(rows) != 1 or rows[0][0] is None else float(str(rows[0][0]))
    except (Transient, ValueError) as error:
        return f"waits for {brake.on.upper()}, whose brake can't be read: {error}"
    if value is None:
        return f"waits for {brake.on.upper()}: its brake answers nothing"
    if value > brake.above:
        return f"waits for {brake.on.upper()}: its brake is at {value:g}, above {brake.above:g}"
    return ""

"""A source that answers from a script and goes wrong on demand: for rehearsals and every test."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, ClassVar, Final

from pydantic import BaseModel, ConfigDict

from migrations_app.domain.errors import Permanent, Transient
from migrations_app.domain.finding import Finding
from migrations_app.domain.plan.base import Strict
from migrations_app.domain.reading import Outcome, Point, Query, Reading
from migrations_app.sources.fake.script import (
    EVERY_QUERY,
    Book,
    Fault,
    FaultKind,
    FileBook,
    MemoryBook,
    Script,
    Step,
)
from migrations_app.wire.patience import Patience

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_BOOKS: dict[str, MemoryBook] = {}
_BOOKS_LOCK = Lock()
_INSTEAD: Final = {
    FaultKind.HANG: (Outcome.TIMEOUT, "the fake source was told to hang"),
    FaultKind.NAN: (Outcome.NOT_FINITE, "the answer is NaN, as the fake source was told"),
    FaultKind.EMPTY: (Outcome.EMPTY, "no series matches; that is not zero"),
    FaultKind.MANY_SERIES: (Outcome.MANY_SERIES, "2 series match; aggregate them to one"),
    FaultKind.WARNINGS: (Outcome.WARNINGS, "the fake source was told to doubt its answer"),
    FaultKind.ERROR: (Outcome.ERROR, "the fake source was told to fail"),
    FaultKind.GARBAGE: (Outcome.ERROR, "the fake source was told to talk nonsense"),
    FaultKind.INVALID: (Outcome.ERROR, "the fake source was told to refuse this query"),
}
_UNHEARD: Final = frozenset({FaultKind.HANG, FaultKind.ERROR, FaultKind.GARBAGE})


class FakeConfig(Strict):
    """Sources of one `name` share one script; with `file`, so do processes."""

    model_config = ConfigDict(hide_input_in_errors=True)

    name: str = "fake"
    file: Path | None = None
    timeout: Patience = timedelta(seconds=3)


class FakeSource:
    """A query without a script is EMPTY. Thread-safe."""

    kind: ClassVar[str] = "fake"
    Config: ClassVar[type[BaseModel]] = FakeConfig
    past: ClassVar[bool] = True
    tried: ClassVar[str] = "nothing but itself"

    def __init__(self, config: FakeConfig) -> None:
        self._timeout = config.timeout.total_seconds()
        self._book: Book = FileBook(config.file) if config.file else _book(config.name)
        self._closed = Event()

    # The seam.

    def read(self, queries: Sequence[Query], at: datetime) -> list[Reading]:
        """Takes as long as the slowest query's fault says, and never longer than `timeout`."""
        script = self._book.read()
        delays = [self._delay(script.fault(query.text)) for query in queries]
        self._closed.wait(min(self._timeout, max(delays, default=0.0)))
        return [self._reading(script, query, at) for query in queries]

    def history(self, query: Query, start: datetime, end: datetime, step: timedelta) -> list[Point]:
        script = self._book.read()
        self._meet(script.fault(query.text))
        count = (end - start) // step + 1
        times = [start + step * index for index in range(count)]
        return [Point(at, self._reading(script, query, at).value) for at in times]

    def invalid(self, query: Query) -> str | None:
        fault = self._book.read().fault(query.text)
        if fault and fault.kind is FaultKind.INVALID:
            return _INSTEAD[fault.kind][1]
        if fault and fault.kind in _UNHEARD:
            raise Transient(_INSTEAD[fault.kind][1])
        return None

    def check(self) -> list[Finding]:
        fault = self._book.read().fault(EVERY_QUERY)
        well = fault is None
        sentence = "answers from its script" if well else "was told to go wrong; heal it"
        return [Finding(ok=well, what="fake source", sentence=sentence)]

    def close(self) -> None:
        """Wakes whoever waits for a slow answer."""
        self._closed.set()

    # What a test or a rehearsal asks of it.

    def set(self, text: str, value: float, since: datetime | None = None) -> None:
        """`text` has this `value` from `since` on, or always."""
        step = Step(value=value, since=since)
        self._book.change(lambda script: script.with_step(text, step))

    def fail(self, kind: FaultKind, text: str = EVERY_QUERY, seconds: float = 0.0) -> None:
        """Goes wrong this way, for one query or for all, until healed."""
        fault = Fault(kind=kind, seconds=seconds)
        self._book.change(lambda script: script.with_fault(text, fault))

    def heal(self, text: str | None = None) -> None:
        """No more faults: of one query, or at all."""
        self._book.change(lambda script: script.healed(text))

    def _delay(self, fault: Fault | None) -> float:
        if fault is None:
            return 0.0
        return {FaultKind.HANG: self._timeout, FaultKind.SLOW: fault.seconds}.get(fault.kind, 0.0)

    def _reading(self, script: Script, query: Query, at: datetime) -> Reading:
        moment = at - query.offset
        value = script.value(query.text, moment)
        fault = script.fault(query.text)
        if wrong := self._wrong(fault, value):
            outcome, detail = wrong
            return Reading(query.key, query.text, outcome, detail=detail)
        stale = fault.seconds if fault and fault.kind is FaultKind.STALE else 0.0
        sampled_at = moment - timedelta(seconds=stale)
        return Reading(query.key, query.text, Outcome.OK, value, sampled_at)

    def _wrong(self, fault: Fault | None, value: float | None) -> tuple[Outcome, str] | None:
        if fault and self._delay(fault) >= self._timeout:
            return _INSTEAD[FaultKind.HANG]
        if fault and fault.kind in _INSTEAD:
            return _INSTEAD[fault.kind]
        return _INSTEAD[FaultKind.EMPTY] if value is None else None

    def _meet(self, fault: Fault | None) -> None:
        """A history can't be had from a source that is not well."""
        if fault is None:
            return
        if fault.kind in {FaultKind.INVALID, FaultKind.MANY_SERIES}:
            raise Permanent(_INSTEAD[fault.kind][1])
        if fault.kind in _UNHEARD | {FaultKind.WARNINGS}:
            raise Transient(_INSTEAD[fault.kind][1])


def _book(name: str) -> MemoryBook:
    with _BOOKS_LOCK:
        return _BOOKS.setdefault(name, MemoryBook())

"""A channel that delivers to nobody: for rehearsals without a chat, and for every test.

It keeps the promises of the seam, counts what it was given, and goes wrong on demand.
"""

from __future__ import annotations

from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, SecretStr

from migrations_app.channels.base import Receipt
from migrations_app.channels.fake.journal import (
    Deleted,
    Delivered,
    Fault,
    FaultKind,
    FileJournal,
    Journal,
    MemoryJournal,
    Met,
    Pages,
    Scripted,
)
from migrations_app.domain.errors import Permanent, SeamError, Transient, UnknownOutcome
from migrations_app.domain.finding import Finding
from migrations_app.domain.message import Style

if TYPE_CHECKING:
    from migrations_app.domain.message import Message

MEMORY: dict[str, MemoryJournal] = {}
MEMORY_LOCK = Lock()


class FakeConfig(BaseModel):
    """Channels of one `name` are one place. With `file`, that place is shared by processes.
    `token` opens nothing: it stands in for a real channel's secret."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    name: str = "fake"
    file: Path | None = None
    token: SecretStr | None = None


class FakeChannel:
    """An anchor is `name:number`. Replacing a live message is repeatable, so its unknown outcome
    is `Transient`, as with a real channel."""

    kind: ClassVar[str] = "fake"
    Config: ClassVar[type[BaseModel]] = FakeConfig
    min_interval: ClassVar[float] = 0.0

    def __init__(self, config: FakeConfig) -> None:
        self._name = config.name
        self._journal: Journal = FileJournal(config.file) if config.file else _memory(config.name)
        self._closed = Event()

    def __repr__(self) -> str:
        return f"FakeChannel({self._name})"

    def deliver(self, message: Message) -> Receipt:
        if message.style is Style.SAMPLE and message.anchor is None:
            raise Transient("The run's live message is not there yet; its thread takes samples.")
        fault = self._next_fault("deliver")
        if fault is None:
            return self._accept(message)
        self._before(fault, message)
        receipt = self._accept(message)
        self._after(fault, message)
        return receipt

    def find(self, key: str) -> Receipt | None:
        if fault := self._next_fault("find"):
            self._stumble(fault)
        hits = [one.anchor for one in self.messages if one.message.key == key]
        return Receipt(hits[-1], "Found in the fake channel.") if hits else None

    def check(self) -> list[Finding]:
        sentence = "Takes messages and shows them to nobody."
        return [Finding(ok=True, what=f"fake channel {self._name}", sentence=sentence)]

    def close(self) -> None:
        """Wakes whoever is being slow."""
        self._closed.set()

    # What a test or a rehearsal asks of it.

    def fail_next(self, *faults: Fault) -> None:
        """Each fault happens to one call, in order, whichever process makes it."""
        with self._journal.opened() as pages:
            for fault in faults:
                pages.append(Scripted(fault=fault))

    @property
    def accepted(self) -> list[Delivered]:
        """Everything ever delivered, oldest first; a replacement is an entry of its own."""
        with self._journal.opened() as pages:
            return [entry for entry in pages.entries if isinstance(entry, Delivered)]

    @property
    def messages(self) -> list[Delivered]:
        """What a reader of the place sees now: replaced in place, without what was deleted."""
        with self._journal.opened() as pages:
            return list(_visible(pages).values())

    def delete(self, anchor: str) -> None:
        """What a person with enough rights may do to a message of ours."""
        with self._journal.opened() as pages:
            pages.append(Deleted(anchor=anchor))

    def _accept(self, message: Message) -> Receipt:
        with self._journal.opened() as pages:
            anchor = _replaced(message, pages) or f"{self._name}:{len(pages.entries) + 1}"
            pages.append(Delivered(anchor=anchor, message=message))
        return Receipt(anchor)

    def _next_fault(self, verb: Literal["deliver", "find"]) -> Fault | None:
        with self._journal.opened() as pages:
            fault = next((fault for fault in _due(pages) if fault.on == verb), None)
            if fault:
                pages.append(Met(fault=fault))
        return fault

    def _before(self, fault: Fault, message: Message) -> None:
        if fault.kind is FaultKind.SLOW:
            self._closed.wait(fault.seconds)
        if fault.kind is FaultKind.TRANSIENT:
            raise Transient("The fake channel was told to be busy.", fault.retry_after)
        if fault.kind is FaultKind.PERMANENT:
            raise Permanent("The fake channel was told to refuse this for good.")
        if fault.kind is FaultKind.LOST:
            raise _unknown(message)

    def _after(self, fault: Fault, message: Message) -> None:
        if fault.kind is FaultKind.SLOW_RECEIPT:
            self._closed.wait(fault.seconds)
        if fault.kind is FaultKind.UNHEARD:
            raise _unknown(message)

    def _stumble(self, fault: Fault) -> None:
        # Looking something up has no outcome that could be unknown: it works, or later, or never.
        self._closed.wait(fault.seconds)
        if fault.kind is FaultKind.PERMANENT:
            raise Permanent("The fake channel was told to refuse this for good.")
        if fault.kind not in {FaultKind.SLOW, FaultKind.SLOW_RECEIPT}:
            raise Transient("The fake channel was told not to answer.", fault.retry_after)


def _memory(name: str) -> MemoryJournal:
    with MEMORY_LOCK:
        return MEMORY.setdefault(name, MemoryJournal())


def _unknown(message: Message) -> SeamError:
    if message.style is Style.LIVE and message.anchor:
        return Transient("The fake channel lost the answer; replacing once more is harmless.")
    return UnknownOutcome("The fake channel lost the answer: the message may or may not be there.")


def _due(pages: Pages) -> list[Fault]:
    """Faults that have not happened yet, oldest first."""
    due: list[Fault] = []
    for entry in pages.entries:
        if isinstance(entry, Scripted):
            due.append(entry.fault)
        elif isinstance(entry, Met):
            due.remove(entry.fault)
    return due


def _visible(pages: Pages) -> dict[str, Delivered]:
    shown: dict[str, Delivered] = {}
    for entry in pages.entries:
        if isinstance(entry, Delivered):
            shown[entry.anchor] = entry
        elif isinstance(entry, Deleted):
            shown.pop(entry.anchor, None)
    return shown


def _replaced(message: Message, pages: Pages) -> str | None:
    """Which message this one replaces. One that took the place of a deleted one counts too: there
    must not be two."""
    if message.style is not Style.LIVE or message.anchor is None:
        return None
    shown = _visible(pages)
    newer = [anchor for anchor, one in shown.items() if one.message.key == message.key]
    return message.anchor if message.anchor in shown else next(reversed(newer), None)

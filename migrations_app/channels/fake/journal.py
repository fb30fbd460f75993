"""What the fake channel remembers: an append-only journal, in memory or in a file.

Everything is a fold over it: what was delivered, what was replaced, which faults are still due.
In a file (JSON lines, locked, written with one call each) it is shared by processes and survives
the killing of any of them.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from enum import StrEnum
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

# pydantic reads the annotations of `Delivered` at run time.
from migrations_app.domain.message import Message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path


class FaultKind(StrEnum):
    """What goes wrong, and whether the message is there afterwards."""

    TRANSIENT = "transient"  # refused for now, not delivered
    PERMANENT = "permanent"  # refused for good, not delivered
    LOST = "lost"  # unknown outcome, not delivered
    UNHEARD = "unheard"  # unknown outcome, delivered
    SLOW = "slow"  # delivered after `seconds`
    SLOW_RECEIPT = "slow_receipt"  # delivered at once, the receipt comes after `seconds`


class Fault(BaseModel):
    """One fault for one call. `on` is the verb it waits for; times in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: FaultKind
    on: Literal["deliver", "find"] = "deliver"
    seconds: float = 0.0
    retry_after: float | None = None


class Scripted(BaseModel):
    entry: Literal["scripted"] = "scripted"
    fault: Fault


class Met(BaseModel):
    """A fault that has happened."""

    entry: Literal["met"] = "met"
    fault: Fault


class Delivered(BaseModel):
    """A message accepted; the second one with the same anchor replaces the first."""

    entry: Literal["delivered"] = "delivered"
    anchor: str
    message: Message


class Deleted(BaseModel):
    entry: Literal["deleted"] = "deleted"
    anchor: str


Entry = Annotated[Scripted | Met | Delivered | Deleted, Field(discriminator="entry")]
ENTRY: TypeAdapter[Entry] = TypeAdapter(Entry)


class Pages(Protocol):
    """A journal opened alone: nobody else reads or writes until it is closed."""

    entries: list[Entry]

    def append(self, entry: Entry) -> None: ...


class Journal(Protocol):
    def opened(self) -> AbstractContextManager[Pages]: ...


class MemoryJournal:
    """Shared by everyone in the process who holds it."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._lock = Lock()

    def append(self, entry: Entry) -> None:
        self.entries.append(entry)

    @contextmanager
    def opened(self) -> Iterator[Pages]:
        with self._lock:
            yield self


class FileJournal:
    """Shared by processes through a file that is created when missing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def opened(self) -> Iterator[Pages]:
        with self._path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            whole, newline, _ = file.read().rpartition(b"\n")
            # A line without its end was cut by a full disk; what follows must not be glued to it.
            file.truncate(len(whole) + len(newline))
            yield _FilePages(file.fileno(), whole.splitlines())


class _FilePages:
    def __init__(self, handle: int, lines: list[bytes]) -> None:
        self._handle = handle
        self.entries = [ENTRY.validate_json(line) for line in lines]

    def append(self, entry: Entry) -> None:
        os.write(self._handle, ENTRY.dump_json(entry) + b"\n")
        self.entries.append(entry)

"""What the fake plane is made of: lines that are only ever added, in memory or in a file.

A file is shared by processes (each access locks it) and survives the killing of any of them.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from migrations_app.drivers.fake.lines import LINE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from migrations_app.drivers.fake.lines import Line


class Pages(Protocol):
    """A journal held alone: nobody else reads or adds a line meanwhile."""

    lines: list[Line]

    def add(self, line: Line) -> None: ...


class Journal(Protocol):
    def held(self) -> AbstractContextManager[Pages]: ...


class MemoryJournal:
    """Shared by everyone in this process who holds it."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._lock = Lock()

    def add(self, line: Line) -> None:
        self.lines.append(line)

    @contextmanager
    def held(self) -> Iterator[Pages]:
        with self._lock:
            yield self


class FilePages:
    def __init__(self, handle: int, lines: list[Line]) -> None:
        self._handle = handle
        self.lines = lines

    def add(self, line: Line) -> None:
        # One call, so that killing the process leaves the whole line or none of it.
        os.write(self._handle, LINE.dump_json(line) + b"\n")
        self.lines.append(line)


class FileJournal:
    """Shared by processes through a file, which is created when missing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def held(self) -> Iterator[Pages]:
        with self._path.open("a+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            whole, newline, half = file.read().rpartition(b"\n")
            if half:  # left by a full disk: nothing may be glued to it
                file.truncate(len(whole) + len(newline))
            lines = [LINE.validate_json(line) for line in whole.splitlines()]
            yield FilePages(file.fileno(), lines)

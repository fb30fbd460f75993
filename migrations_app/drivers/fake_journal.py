"""What the fake plane is made of: lines that are only ever added, in memory or in a file.

A file is shared by processes (each access locks it) and survives the killing of any of them.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path


class Pages(Protocol):
    """A journal held alone: nobody else reads or adds a line meanwhile."""

    @property
    def lines(self) -> list[str]: ...

    @property
    def add(self) -> Callable[[str], None]: ...


class Journal(Protocol):
    def held(self) -> AbstractContextManager[Pages]: ...


class MemoryPages:
    def __init__(self) -> None:
        self.lines: list[str] = []
        self.add = self.lines.append


class MemoryJournal:
    """Shared by everyone in this process who holds it."""

    def __init__(self) -> None:
        self._pages = MemoryPages()
        self._lock = Lock()

    @contextmanager
    def held(self) -> Iterator[Pages]:
        with self._lock:
            yield self._pages


class FilePages:
    def __init__(self, handle: int, lines: list[str]) -> None:
        self._handle = handle
        self.lines = lines

    def add(self, line: str) -> None:
        # One call, so that killing the process leaves the whole line or none of it.
        os.write(self._handle, f"{line}\n".encode())
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
            yield FilePages(file.fileno(), whole.decode().splitlines())

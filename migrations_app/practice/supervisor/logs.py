"""Bounded log files: each line with its time and who said it."""

from __future__ import annotations

import threading
from collections import deque
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

LONGEST_LINE = 8_192  # bytes
LARGEST_FILE = 1_000_000  # bytes; one older file of that size is kept beside it


class Log:
    """The log of one process, across its restarts. Thread-safe; closed by `close`."""

    def __init__(self, path: Path, name: str, limit: int = LARGEST_FILE) -> None:
        self.path = path
        self.name = name
        self.limit = limit
        self._lock = threading.Lock()
        self._last: deque[str] = deque(maxlen=8)
        self._file = path.open("a", encoding="utf-8")

    def write(self, line: str) -> None:
        stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        with self._lock:
            self._last.append(line)
            if self._file.closed:  # a straggler's last words, after the end
                return
            self._file.write(f"{stamp}Z {self.name} | {line}\n")
            self._file.flush()
            if self._file.tell() > self.limit:
                self._rotate()

    def last_words(self) -> str:
        """The last few lines, for the sentence that says what went wrong."""
        with self._lock:
            return "\n".join(f"  {line}" for line in self._last) or "  (it said nothing)"

    def close(self) -> None:
        with self._lock:
            self._file.close()

    def _rotate(self) -> None:
        self._file.close()
        self.path.replace(self.path.with_name(self.path.name + ".1"))
        self._file = self.path.open("a", encoding="utf-8")


def pump(process: subprocess.Popen[bytes], log: Log) -> None:
    """Copy what `process` says into `log`, in a thread, until nobody holds its output any more."""

    def copy(pipe: IO[bytes]) -> None:
        with pipe:
            while raw := pipe.readline(LONGEST_LINE):
                log.write(raw.decode("utf-8", "replace").rstrip())

    if process.stdout is not None:
        name = f"log of {log.name}"
        threading.Thread(target=copy, args=(process.stdout,), name=name, daemon=True).start()

"""The directory that holds everything one practice range remembers between two starts."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from migrations_app.practice.errors import PracticeError
from migrations_app.practice.ports import free_port, is_free

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 8.0  # seconds that a reaper may still need after its supervisor was killed
LOCK = "lock"
ELSEWHERE = "elsewhere"


class StateDir:
    """Ports, secrets and data of one range. Only the holder of its lock may change them."""

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    @contextmanager
    def locked(self) -> Iterator[int]:
        """Hold the lock; yields its descriptor. `PracticeError` names who holds it already.

        The reaper of a killed supervisor shares the descriptor, so whoever starts right after
        waits until the last process of that range is gone.
        """
        descriptor = self._open_lock()
        try:
            self._acquire(descriptor)
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, str(os.getpid()).encode(), 0)
            yield descriptor
        finally:
            os.close(descriptor)

    def reset(self) -> None:
        """Forget everything. Only with the lock held."""
        if self.elsewhere is not None:
            shutil.rmtree(self.elsewhere, ignore_errors=True)
        for entry in self.path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            elif entry.name != LOCK:
                entry.unlink()

    @property
    def elsewhere(self) -> Path | None:
        """The directory outside this one that belongs to it, if there is one."""
        pointer = self.path / ELSEWHERE
        return Path(pointer.read_text()) if pointer.exists() else None

    def go_elsewhere(self, directory: Path) -> None:
        """Remember `directory` as ours, to be removed with this one."""
        (self.path / ELSEWHERE).write_text(str(directory))

    def port(self, name: str) -> int:
        """The port `name` had last time if it is free, else a new one that is remembered.

        Ask once per start, before the server listens: a port in use looks taken.
        """
        ports = self._read("ports.json")
        port = int(ports.get(name, 0))
        if not (port and is_free(port)):
            port = free_port(taken={int(other) for other in ports.values()})
            self._write("ports.json", ports | {name: str(port)})
        return port

    def secret(self, name: str) -> str:
        """A secret made at first use and kept for the life of this directory."""
        known = self._read("secrets.json")
        if name not in known:
            known[name] = secrets.token_urlsafe(24)
            self._write("secrets.json", known)
        return known[name]

    def make(self, name: str) -> Path:
        """The subdirectory `name`, there."""
        directory = self.path / name
        directory.mkdir(parents=True, exist_ok=True)
        return directory

    def _open_lock(self) -> int:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise PracticeError(f"{self.path} can't be used: {error.strerror}.") from error
        owner = os.fstat(descriptor).st_uid
        if owner != os.geteuid():
            os.close(descriptor)
            raise PracticeError(
                f"{self.path} was set up by another user (id {owner}). Run as that user, "
                "choose another directory, or have that user remove it."
            )
        return descriptor

    def _acquire(self, descriptor: int) -> None:
        deadline = time.monotonic() + PATIENCE
        while not _try_lock(descriptor):
            holder = int(os.pread(descriptor, 20, 0) or b"0")
            if _exists(holder) or time.monotonic() > deadline:
                raise PracticeError(
                    f"A practice range already runs in {self.path} (process {holder}). "
                    "Stop it there with Ctrl-C, or choose another directory."
                )
            time.sleep(0.05)

    def _read(self, name: str) -> dict[str, str]:
        try:
            found: dict[str, str] = json.loads((self.path / name).read_text())
        except FileNotFoundError:
            return {}
        return found

    def _write(self, name: str, values: dict[str, str]) -> None:
        write_private(self.path / name, json.dumps(values, indent=1) + "\n")


def write_private(path: Path, text: str) -> None:
    """Replace `path` in one step by a file that only its owner may read."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _exists(pid: int) -> bool:
    """Does `pid` run? A zombie does not count; neither does 0, which stands for nobody."""
    if not pid:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] not in "ZX"

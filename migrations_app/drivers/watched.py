"""A file that a plane watches: read whole, replaced whole, by one writer at a time.

It is replaced by rename, so that whoever reads it sees the old one or the new one. A lock on the
directory and a digest of what was read make that a compare-and-set among all who lock.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import stat
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic import StringConstraints

from migrations_app.domain.errors import Conflict, Permanent, Transient, UnknownOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from migrations_app.wire.deadline import Deadline

LARGEST = 4 << 20  # bytes
PAUSE = 0.02  # seconds between looks at a lock that another holds

# Letters that a shell reads as themselves, and no way up.
FilePath = Annotated[
    str,
    StringConstraints(pattern=r"^(/[A-Za-z0-9_@+-][A-Za-z0-9._@+-]{0,99})+$", max_length=300),
]


class Text(NamedTuple):
    """What is in the file, and a token for it."""

    text: str
    token: str


class WatchedFile:
    """`name` in words, for sentences."""

    def __init__(self, path: str) -> None:
        self.path = Path(path)

    @property
    def name(self) -> str:
        return str(self.path)

    def read(self) -> Text:
        """`Transient` where it isn't there, `Permanent` where it can't be what we want."""
        with self._plainly():
            raw = self._bytes()
            return Text(raw.decode(), _digest(raw))

    def replace(self, change: Callable[[str], str], token: str | None, deadline: Deadline) -> str:
        """Put `change(what is there)` in its place; its token. With a token only if it still is
        what was read, else `Conflict`."""
        with self._plainly(), self._alone(deadline):
            now = self.read()
            if token is not None and token != now.token:
                raise Conflict(
                    f"{self.name} was changed by somebody else since it was read. Look at it, and "
                    "decide anew."
                )
            raw = change(now.text).encode()
            self._swap(raw)
            return _digest(raw)

    def _bytes(self) -> bytes:
        if self.path.is_symlink():
            raise Permanent(
                f"{self.name} is a link. Name the file itself, and have its own directory watched."
            )
        with self.path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise Permanent(f"{self.name} is larger than {LARGEST} bytes.")
        return raw

    def _swap(self, raw: bytes) -> None:
        """The new one gets the rights of the old one."""
        passing = self.path.with_name(f".{self.path.name}.warroom")
        kept = self.path.stat()
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(passing, flags, 0o600), "wb") as file:
            file.write(raw)
            file.flush()
            with suppress(PermissionError):
                os.fchown(file.fileno(), kept.st_uid, kept.st_gid)
            os.fchmod(file.fileno(), stat.S_IMODE(kept.st_mode))
            os.fsync(file.fileno())
        passing.replace(self.path)
        self._settle()

    def _settle(self) -> None:
        """After this a crash of the machine forgets nothing."""
        directory = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(directory)
        except OSError as error:
            raise UnknownOutcome(f"{self.name} was replaced, but {error.strerror}.") from error
        finally:
            os.close(directory)

    @contextmanager
    def _alone(self, deadline: Deadline) -> Iterator[None]:
        directory = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            while not _locked(directory):
                with suppress(TimeoutError):
                    time.sleep(min(PAUSE, deadline.left()))
                    continue
                raise Transient(f"somebody else is writing to {self.path.parent}, and goes on.")
            yield
        finally:
            os.close(directory)

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """Errors of the system as ours."""
        try:
            yield
        except FileNotFoundError as error:
            raise Transient(f"{self.name} is not there. Is its directory mounted?") from error
        except PermissionError as error:
            raise Permanent(
                f"Warroom's user may not use {self.name}. It has to read the file, and to write "
                "to its directory."
            ) from error
        except UnicodeDecodeError as error:
            raise Permanent(f"{self.name} is no text in UTF-8.") from error
        except OSError as error:
            raise Transient(f"{self.name} can't be used: {error.strerror or error}.") from error


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()[:16]


def _locked(directory: int) -> bool:
    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

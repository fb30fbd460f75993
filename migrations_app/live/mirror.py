"""The last truth of every public page in a file each, for the time the database is away.

A file's name is the digest of the page's key, so that a directory listing gives no address away.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A page as it was kept. `listed`: everybody may find it. `until`: when its link expires."""

    said: Mapping[str, Any]
    etag: str
    listed: bool
    until: datetime | None = None


class Mirror:
    """Files below `place`. A disk that is full costs the mirror, never an answer."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def write(self, key: str, found: Found, at: datetime) -> None:
        """Keep `found`, which was true at `at`. Whole or not at all."""
        until = None if found.until is None else found.until.isoformat()
        kept = {"said": found.said, "etag": found.etag, "listed": found.listed,
                "until": until, "at": at.isoformat()}  # fmt: skip
        try:
            self._place.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(
                "w", dir=self._place, delete=False, encoding="utf-8"
            ) as file:
                json.dump(kept, file)
            Path(file.name).replace(self._file(key))
        except OSError as error:
            log.warning("a status page could not be mirrored: %s", error)

    def read(self, key: str) -> tuple[Found, datetime] | None:
        """What was kept, and when it was true."""
        try:
            opened = os.open(self._file(key), os.O_RDONLY | os.O_NOFOLLOW)
            with os.fdopen(opened, encoding="utf-8") as file:
                kept = json.load(file)
            until = None if kept["until"] is None else datetime.fromisoformat(kept["until"])
            found = Found(kept["said"], kept["etag"], kept["listed"], until)
            return found, datetime.fromisoformat(kept["at"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            log.warning("a mirrored status page can't be read: %s", error)
            return None

    def drop(self, key: str) -> None:
        """Forget it: the page was closed, or its link revoked."""
        try:
            self._file(key).unlink(missing_ok=True)
        except OSError as error:
            log.warning("a mirrored status page can't be removed: %s", error)

    def _file(self, key: str) -> Path:
        return self._place / f"{hashlib.sha256(key.encode()).hexdigest()}.json"

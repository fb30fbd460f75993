"""Files of this machine for the time PostgreSQL is away: what it remembers, and what it did.

A keepsake (`<run>.json`) is rewritten while its run is live. A journal
(`<run>-<leg>.journal`) begins when somebody rolls back without PostgreSQL, and stands for the
latch that could not be written: from then on the baseline is all this machine writes in that leg,
until the journal was taken into the timeline.
"""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings

from migrations_app.domain.keepsake import Keepsake, as_json, from_json
from migrations_app.domain.sealed import Broken, opened, sealed
from migrations_app.domain.timeline import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from migrations_app.domain.timeline import Json

log = logging.getLogger(__name__)

_KEPT: Final = ".json"
_JOURNAL: Final = ".journal"
_TAKEN: Final = ".taken"


def place() -> Path:
    """Where they lie: readable by us alone."""
    return Path(settings.WARROOM_KEEP_DIR)


def write(kept: Keepsake) -> None:
    """Whole or not at all, and on the disk when this returns. Raises `OSError`."""
    place().mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", dir=place(), delete=False, encoding="utf-8") as file:
        file.write(sealed(as_json(kept), settings.SECRET_KEY))
        _to_disk(file.fileno())
    Path(file.name).replace(place() / f"{kept.run}{_KEPT}")
    _place_to_disk()


def keepsakes() -> list[Keepsake]:
    """Everything this machine remembers; files that can't be believed are told of and left out."""
    found = []
    for file in sorted(place().glob(f"*{_KEPT}")):
        try:
            found.append(from_json(opened(file.read_text("utf-8"), settings.SECRET_KEY)))
        except (OSError, Broken, KeyError, TypeError, ValueError) as error:
            log.warning("%s can't be believed: %s", file.name, error)
    return found


def forget(living: set[int]) -> None:
    """Drop what is remembered of runs that nobody can roll back any more."""
    for file in place().glob(f"*{_KEPT}"):
        if file.stem.isdecimal() and int(file.stem) not in living:
            file.unlink(missing_ok=True)


class Journal:
    """What was done for one run without PostgreSQL, in order. Every line is on the disk before the
    next thing is done."""

    def __init__(self, run: int, leg: int) -> None:
        place().mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW
        self._file = os.open(_journal(run, leg), flags, 0o600)
        _place_to_disk()

    def line(self, what: str, **facts: object) -> None:
        """Raises `OSError` where the disk is full: then nothing may be done either."""
        body: Mapping[str, Json] = {"what": what, **{name: plain(x) for name, x in facts.items()}}
        os.write(self._file, f"{sealed(body, settings.SECRET_KEY)}\n".encode())
        _to_disk(self._file)

    def close(self) -> None:
        os.close(self._file)


def called(run_id: int, leg: int) -> bool:
    """Whether somebody rolled this leg back on this machine, and PostgreSQL doesn't know yet."""
    return _journal(run_id, leg).exists()


def journals() -> Iterator[Path]:
    """Those that were not taken into the timeline yet."""
    yield from sorted(place().glob(f"*{_JOURNAL}"))


def lines(journal: Path) -> list[dict[str, Json]]:
    """Every line of a journal. One at the end that was cut off by a crash is left out; anything
    else that is not ours raises `Broken`."""
    *whole, last = journal.read_text("utf-8").split("\n")
    found = [opened(line, settings.SECRET_KEY) for line in whole]
    if last:
        log.warning("%s ends in the middle of a line", journal.name)
    return found


def taken(journal: Path) -> None:
    """It is on the timeline now."""
    journal.replace(journal.with_name(f"{journal.name}.{os.stat(journal).st_mtime_ns}{_TAKEN}"))
    _place_to_disk()


def _journal(run: int, leg: int) -> Path:
    return place() / f"{run}-{leg}{_JOURNAL}"


def _to_disk(descriptor: int) -> None:
    os.fsync(descriptor)


def _place_to_disk() -> None:
    descriptor = os.open(place(), os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

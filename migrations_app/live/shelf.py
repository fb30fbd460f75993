"""What the public reads, kept at hand: in memory, and in a file for the time the database is away.

Nobody who looks at a status page costs the database anything: one look in `FRESH_S` seconds per
page and process, however many ask. When the database does not answer, the last truth goes on being
served, and says since when it could not be checked.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from migrations_app.live.mirror import Found, Mirror

FRESH_S: Final = 2.0
KEPT: Final = 1000
"""Pages kept in memory, unknown addresses included: those who guess evict each other first."""


class Away(Exception):
    """The database does not answer."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One form of a page, ready to be sent."""

    body: bytes
    content_type: str
    etag: str


@dataclass(slots=True)
class _Book:
    """One page at hand. `found` is None for an address that leads nowhere."""

    found: Found | None
    looked: float  # monotonic
    at: datetime
    forms: Mapping[str, Rendered]
    since: datetime | None  # not checked since; None while all is well
    busy: threading.Lock = field(default_factory=threading.Lock)


class Shelf:
    """`look` asks the database for a key, `draw` renders every form, `mirror` is for bad times."""

    def __init__(
        self,
        look: Callable[[str], Found | None],
        draw: Callable[[Found, datetime | None], Mapping[str, Rendered]],
        mirror: Mirror,
    ) -> None:
        self._look, self._draw, self._mirror = look, draw, mirror
        self._books: OrderedDict[str, _Book] = OrderedDict()
        self._lock = threading.Lock()

    def at_hand(self, key: str, form: str) -> tuple[Rendered, Found] | bool | None:
        """What can be answered without asking anybody: a page, None for no page, False for ask."""
        book = self._books.get(key)
        if book is None or time.monotonic() - book.looked > FRESH_S:
            return False
        return _page(book, form)

    def fetch(self, key: str, form: str) -> tuple[Rendered, Found] | None:
        """The page, looked up if it is not fresh. Only one asks; the others take what is there."""
        book = self._books.get(key)
        if book is not None and not book.busy.acquire(blocking=False):
            return _page(book, form)
        try:
            fresh = self._fresh(key, book)
        finally:
            if book is not None:
                book.busy.release()
        self._keep(key, fresh)
        return _page(fresh, form)

    def forget(self) -> None:
        """Begin anew, as after a restart. The mirror stays."""
        with self._lock:
            self._books.clear()

    def _fresh(self, key: str, before: _Book | None) -> _Book:
        now, at = time.monotonic(), datetime.now(UTC)
        try:
            found = self._look(key)
        except Away:
            return self._old(key, before, now, at)
        if found is None:
            self._mirror.drop(key)
            return _Book(None, now, at, {}, None)
        if before is not None and _same(before, found):
            before.looked, before.at = now, at
            return before
        self._mirror.write(key, found, at)
        return _Book(found, now, at, self._draw(found, None), None)

    def _old(self, key: str, before: _Book | None, now: float, at: datetime) -> _Book:
        """The last truth, from memory or from the mirror, saying how old it is."""
        if before is not None and before.since is not None:
            before.looked = now
            return before
        kept = None if before is None or before.found is None else (before.found, before.at)
        kept = kept or self._mirror.read(key)
        if kept is None:
            raise Away
        found, since = kept
        return _Book(found, now, at, self._draw(found, since), since)

    def _keep(self, key: str, book: _Book) -> None:
        with self._lock:
            self._books[key] = book
            self._books.move_to_end(key)
            while len(self._books) > KEPT:
                self._books.popitem(last=False)


def _same(before: _Book, found: Found) -> bool:
    return before.since is None and before.found == found


def _page(book: _Book, form: str) -> tuple[Rendered, Found] | None:
    found = book.found
    if found is None or (found.until is not None and found.until <= datetime.now(UTC)):
        return None
    rendered = book.forms.get(form)
    return None if rendered is None else (rendered, found)

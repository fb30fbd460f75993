"""What the public reads, kept at hand: in memory, and in a file for the time the database is away.

Nobody who looks at a status page costs the database anything: one look in `FRESH_S` seconds per
page and process, however many ask. When the database does not answer, the last truth goes on being
served, and says since when it could not be checked.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from migrations_app.live.mirror import Found, Mirror

FRESH_S: Final = 2.0
PAUSE_S: Final = 1.0
"""A database that did not answer is left alone for so long: each question may hang for seconds, and
those who guess addresses would queue up more of them than there are threads."""

KEPT: Final = 1000
"""Pages kept in memory, unknown addresses included: those who guess evict each other first."""

_DOORS: Final = 64


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


Page = tuple[Rendered, "Found"]


@dataclass(frozen=True, slots=True)
class Known:
    """What can be answered without asking anybody: None for no page. `age` in seconds."""

    page: Page | None
    age: float

    @property
    def fresh(self) -> bool:
        return self.age <= FRESH_S


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
        self._doors = tuple(threading.Lock() for _ in range(_DOORS))
        self._away_until = float("-inf")

    def at_hand(self, key: str, form: str) -> Known | None:
        """What is known already, however old; None if nothing is."""
        book = self._books.get(key)
        return None if book is None else Known(_page(book, form), time.monotonic() - book.looked)

    def fetch(self, key: str, form: str) -> Page | None:
        """The page, looked up if it is not fresh. Only one asks; the others take what is there, or
        wait for it where nothing is. Raises Away."""
        book, door = self._books.get(key), self._doors[hash(key) % _DOORS]
        if not door.acquire(blocking=book is None) and book is not None:
            return _page(book, form)
        try:
            known = self.at_hand(key, form)
            if known is not None and known.fresh:  # somebody asked while we waited
                return known.page
            book = self._fresh(key, self._books.get(key))
            self._keep(key, book)
        finally:
            door.release()
        return _page(book, form)

    def forget(self) -> None:
        """Begin anew, as after a restart. The mirror stays."""
        with self._lock:
            self._books.clear()
            self._away_until = float("-inf")

    def _asked(self, key: str) -> Found | None:
        if time.monotonic() < self._away_until:
            raise Away
        try:
            return self._look(key)
        except Away:
            self._away_until = time.monotonic() + PAUSE_S
            raise

    def _fresh(self, key: str, before: _Book | None) -> _Book:
        now, at = time.monotonic(), datetime.now(UTC)
        try:
            found = self._asked(key)
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


def _page(book: _Book, form: str) -> Page | None:
    found = book.found
    if found is None or (found.until is not None and found.until <= datetime.now(UTC)):
        return None
    rendered = book.forms.get(form)
    return None if rendered is None else (rendered, found)

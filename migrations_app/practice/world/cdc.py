"""Change-data-capture: one side follows the other's feed, and knows how far it is behind."""

from __future__ import annotations

import asyncio
import json
import math
import time
from collections import deque
from typing import TYPE_CHECKING

from migrations_app.practice.world.orders import Change, Feed, Order

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from migrations_app.practice.world.orders import Book

INTERVAL = 0.1  # seconds between two looks at the feed


class Follower:
    """Applies to `book` what the other side's feed tells, held back by `delay()` seconds.

    `through` is the moment, on the wall clock both sides share, before which everything the other
    side took is known to be here. The lag is the time since then, so it grows while the feed
    can't be read and is infinite before it ever was: a dead feed never looks like a quiet one.
    """

    def __init__(self, book: Book, delay: Callable[[], float]) -> None:
        self.book = book
        self.through = -math.inf
        self.settled = False  # has caught up once, or found nobody to follow
        self.after = 0  # the newest seq that has been read
        self._delay = delay
        self._source = ""
        self._complete_as_of = -math.inf
        self._pending: deque[Change] = deque()

    def lag(self, now: float) -> float:
        """Seconds that this side is behind the other."""
        return max(0.0, now - self.through)

    def read(self, feed: Feed) -> bool:
        """Take note of an answer; True if there is nothing more to be read for now.

        The other side's book is a new one after its restart, to be read from its beginning.
        """
        if feed.book != self._source:
            self._source = feed.book
            if self.after != 0:
                self.after = 0
                return False
        if feed.changes:
            self._pending.extend(feed.changes)
            self.after = feed.changes[-1].seq
        if self.after < feed.last:
            return False
        self._complete_as_of = feed.as_of
        return True

    def apply(self, now: float) -> None:
        """Write down whatever has been held back long enough."""
        due = now - self._delay()
        while self._pending and self._pending[0].at <= due:
            change = self._pending.popleft()
            self.book.take(change.order, now)
            self.through = max(self.through, change.at)
        self.through = max(self.through, min(self._complete_as_of, due))


async def follow(follower: Follower, fetch: Callable[[int], Awaitable[bytes]]) -> None:
    """Follow for ever. `fetch(after)` returns the feed as JSON or raises `OSError`."""
    while True:
        try:
            complete = follower.read(parse(await fetch(follower.after)))
        except (OSError, ValueError):  # nobody there, or no feed: the lag says so
            complete = True
        follower.apply(time.time())
        if complete:
            follower.settled = True
            await asyncio.sleep(INTERVAL)


def parse(body: bytes) -> Feed:
    """A feed from its JSON; `ValueError` if it is none."""
    try:
        told = json.loads(body)
        changes = [Change(c["seq"], c["at"], Order(**c["order"])) for c in told["changes"]]
        return Feed(told["book"], told["as_of"], told["last"], changes)
    except (KeyError, TypeError) as error:
        raise ValueError("This is no feed of changes.") from error

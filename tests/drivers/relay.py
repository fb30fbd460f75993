"""Stands between a driver and a real plane, and swallows, changes or invents answers."""

from __future__ import annotations

import urllib.error
import urllib.request
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.wire.desk import desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.wire.desk import Desk, Hand

    Trick = Callable[[Hand], bool]


@contextmanager
def relay(url: str, trick: Trick) -> Iterator[Desk]:
    """Every request goes on to `url`, unless `trick` has dealt with it and says so."""

    def deed(hand: Hand) -> None:
        if not trick(hand):
            hand.say(*passed_on(url, hand))

    with desk(deed) as running:
        yield running


def passed_on(url: str, hand: Hand) -> tuple[int, bytes]:
    """What `url` answers to the same request."""
    heard = hand.desk.heard[-1]
    request = urllib.request.Request(  # noqa: S310 - loopback
        url + heard.path, data=heard.body or None, method=heard.method
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read()


def unheard(url: str) -> Trick:
    """A write arrives, and its answer does not."""

    def trick(hand: Hand) -> bool:
        if hand.command == "GET":
            return False
        passed_on(url, hand)
        hand.hang_up()
        return True

    return trick


def refusing(status: int, *methods: str, **headers: str) -> Trick:
    """These methods, or all, are answered like this and go nowhere."""

    def trick(hand: Hand) -> bool:
        if methods and hand.command not in methods:
            return False
        hand.say(status, b'{"message":"no"}', **headers)
        return True

    return trick


def lying(hand: Hand) -> bool:
    """Says yes to a write and does nothing."""
    if hand.command == "GET":
        return False
    hand.say(200, b"OK\n")
    return True

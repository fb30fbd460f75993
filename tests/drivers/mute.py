"""Servers over HTTP that say nothing: to anybody, or to whoever wants to change something."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import httpx

from tests.wire.desk import Hand, desk

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE: Final = 30.0
HEARD: Final = 1.5  # seconds; enough to read through a relay on a busy machine
_OURS: Final = frozenset({"authorization", "content-type", "if-match"})


@contextmanager
def mute() -> Iterator[str]:
    """An address where nothing is ever said."""
    with desk(Hand.hang) as running:
        yield running.url


@contextmanager
def deaf(target: str) -> Iterator[str]:
    """Passes questions on to `target`, and takes changes without a word. Its base address."""

    def deed(hand: Hand) -> None:
        if hand.command == "GET":
            relay(hand, target)
        else:
            hand.hang()

    with desk(deed) as running:
        yield running.url


def relay(hand: Hand, target: str) -> None:
    """Ask `target` what was asked here, and pass on what it says."""
    heard = hand.desk.heard[-1]
    headers = {name: value for name, value in heard.headers.items() if name in _OURS}
    answer = httpx.request(
        heard.method, target + heard.path, headers=headers, content=heard.body, timeout=PATIENCE
    )
    etag = {"etag": answer.headers["etag"]} if "etag" in answer.headers else {}
    hand.say(answer.status_code, answer.content, **etag)

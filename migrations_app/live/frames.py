"""Server-sent events as bytes. A frame is one or more events, written at once."""

from __future__ import annotations

import json
from random import SystemRandom
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

_RETRY_MS: Final = (500, 2500)
_random = SystemRandom()

CLOSED: Final = b"event: closed\ndata: Your access to this room has ended.\n\n"
"""Said before a stream ends for good: the browser must not come back by itself."""


def event(name: str, data: str, event_id: str = "") -> bytes:
    """One event. Line ends in `data` survive as the protocol has them: one `data:` each."""
    lines = data.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    tag = f"id: {event_id}\n" if event_id else ""
    body = "".join(f"data: {line}\n" for line in lines)
    return f"{tag}event: {name}\n{body}\n".encode()


def regions(changed: Mapping[str, str], scene_id: str) -> bytes:
    """One event per region. Only the last carries the id: a frame cut in half is sent again."""
    *first, last = changed.items() or [("nothing", "")]
    head = b"".join(event(name, html) for name, html in first)
    return head + event(*last, event_id=scene_id)


def hello() -> bytes:
    """How long to wait before coming back, a little different for everyone."""
    return f"retry: {_random.randint(*_RETRY_MS)}\n\n".encode()


def beat(now: datetime, looked: datetime) -> bytes:
    """The database's clock, and when the database was last asked; a comment for proxies."""
    said = {"now": now.isoformat(), "looked": looked.isoformat()}
    return b": beat\n" + event("beat", json.dumps(said))

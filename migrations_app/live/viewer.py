"""One open connection, written to directly: no task, no queue and no thread of its own."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator, Mapping

    from migrations_app.live.eyes import Ticket

    Message = Mapping[str, Any]
    Send = Callable[[Message], Awaitable[None]]


def chunk(frame: bytes) -> Message:
    """A frame as ASGI sends it; the same object goes to every viewer."""
    return {"type": "http.response.body", "body": frame, "more_body": True}


_END: Final[Message] = {"type": "http.response.body", "body": b"", "more_body": False}


class Viewer:
    """`push` writes now or not at all. A viewer who can't take a frame misses what follows, and
    `drained` is called as soon as they can read again."""

    __slots__ = (
        "_drained", "_holder", "_missed", "_send", "_stuck",
        "behind_since", "gone", "seen", "ticket",
    )  # fmt: skip

    def __init__(self, ticket: Ticket, send: Send, seen: str, drained: Callable[[Viewer], None]):
        self.ticket = ticket
        self.seen = seen
        self.gone = False
        self.behind_since: float | None = None
        self._send = send
        self._drained = drained
        self._missed = False
        self._stuck: asyncio.Task[None] | None = None
        self._holder: asyncio.Task[Any] | None = asyncio.current_task()

    def push(self, message: Message) -> None:
        """Drive the server's `send` from here; only if it has to wait does a task finish it."""
        if self.gone:
            return
        if self._stuck is not None:
            self._missed = True
            return
        steps = self._send(message).__await__()
        try:
            waits_for = next(steps)
        except StopIteration:
            return
        except Exception:  # noqa: BLE001 (whatever the server raises: this viewer is gone)
            self.close(cut=True)
            return
        self.behind_since = time.monotonic()
        self._stuck = asyncio.ensure_future(_Rest(steps, waits_for))
        self._stuck.add_done_callback(self._free)

    def _free(self, stuck: asyncio.Task[None]) -> None:
        """Take frames again first, then ask for what was missed: nothing falls in between."""
        self._stuck = self.behind_since = None
        if stuck.cancelled() or stuck.exception() is not None:
            self.close(cut=True)
        elif self._missed and not self.gone:
            self._missed = False
            self._drained(self)

    def close(self, last: bytes = b"", *, cut: bool = False) -> None:
        """End the stream, with a `last` frame if it can be taken. `cut`: without manners."""
        if self.gone:
            return
        polite = not cut and self._stuck is None
        if polite:
            self.push({**_END, "body": last})
        self.gone = True
        if not polite:
            self._abort()
        if self._holder is not None:
            self._holder.cancel()

    def _abort(self) -> None:
        """A polite close waits for a stalled client for ever; where we can, we hang up."""
        cycle = getattr(self._send, "__self__", None)
        abort = getattr(getattr(cycle, "transport", None), "abort", None)
        if callable(abort):  # uvloop's transports are no asyncio.Transport
            abort()


class _Rest:
    """What is left of a `send` that had begun, for a task to finish."""

    def __init__(self, steps: Generator[Any, None, None], waits_for: object) -> None:
        self._steps = steps
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, None, None]:
        yield self._waits_for
        yield from self._steps

"""Around the application: answer a stream's authorised request, then hold its connection here.

The request itself is an ordinary, finished one: its thread, transaction and database connection
are gone before the first byte of the stream is sent. Who was authorised that way before comes back
without another one, but is asked about again like every viewer (`door`).
"""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from migrations_app.domain.about import learn
from migrations_app.live.eyes import TICKET
from migrations_app.live.guards import DIRECT

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from migrations_app.live.eyes import Ticket
    from migrations_app.live.hub import Hub
    from migrations_app.live.viewer import Message, Send

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

AT_ONCE: Final = 16
"""Streams authorised at a time. When everybody comes back at once, each wants a thread and a
database connection for a moment; pages and clicks must not have to queue behind them."""

HOLD: Final = b"x-hold-stream"
_REPLACED: Final = {
    HOLD, b"content-length", b"content-type", b"content-encoding", b"cache-control", b"expires",
}  # fmt: skip
_OURS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"content-encoding", b"identity"),  # a compressed stream opens, and stays silent
    (b"x-accel-buffering", b"no"),
]
_GUARDS: Final = [
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
]
_AGAIN: Final[Message] = {
    "type": "http.response.start", "status": 200, "headers": [*_OURS, *_GUARDS],
}  # fmt: skip
"""How a stream starts for somebody who was here before: no request of theirs says how."""


class HoldStreams:
    """An ASGI application around `app`. It also starts and stops the hub with the server."""

    def __init__(self, app: App, hub: Hub) -> None:
        self._app = app
        self._hub = hub
        self._ordinary = asyncio.Semaphore(AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if str(scope.get("path", "")).endswith("/stream"):
            await self._stream(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (ticket := await self._hub.readmits(scope)) is not None:
            await self._hold(scope, receive, send, _AGAIN, ticket)
            return
        answer = _Answer(send)
        async with self._ordinary:
            await self._app(scope, receive, answer.send)
        if answer.held is not None:
            await self._hold(scope, receive, send, answer.held, scope.pop(TICKET))

    async def _hold(
        self, scope: Scope, receive: Receive, send: Send, start: Message, ticket: Ticket
    ) -> None:
        self._hub.start()
        learn(view="stream", run=ticket.run_id)
        await send(start)
        if self._hub.stopping:
            await send({"type": "http.response.body", "body": b"", "more_body": False})
            return
        viewer = self._hub.join(ticket, scope.get(DIRECT, send), _seen(scope))
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            if not viewer.gone:
                raise  # it was not us who ended it
        finally:
            self._hub.leave(viewer)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        self._hub.start()
        _on_stop(self._hub.stop)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._hub.stop()
        await send({"type": "lifespan.shutdown.complete"})


class _Answer:
    """What the application answers, passed on; unless it asks to hold the connection."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.held: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _asks_to_hold(message):
            self.held = {**message, "headers": _headers(message)}
        if self.held is None:
            await self._send(message)


def _asks_to_hold(message: Message) -> bool:
    return any(name.lower() == HOLD for name, _ in message["headers"])


def _headers(message: Message) -> list[tuple[bytes, bytes]]:
    """The application's own (its security headers among them), with ours for the stream."""
    kept = [(name, value) for name, value in message["headers"] if name.lower() not in _REPLACED]
    return [*kept, *_OURS]


def _seen(scope: Scope) -> str:
    """The scene the browser has: from its own reconnection, else as the page said."""
    headers = dict(scope["headers"])
    last: bytes = headers.get(b"last-event-id", b"")
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("seen", [""])
    return last.decode("latin-1") or asked[0]


def _on_stop(stop: Callable[[], None]) -> None:
    """End streams when the server is told to stop: it would wait for them for ever."""
    if threading.current_thread() is not threading.main_thread():
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        _chain(number, lambda: loop.call_soon_threadsafe(stop))


def _chain(number: signal.Signals, first: Callable[[], object]) -> None:
    before = signal.getsignal(number)

    def both(signum: int, frame: Any) -> None:
        first()
        if callable(before):
            before(signum, frame)

    signal.signal(number, both)

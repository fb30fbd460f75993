"""Around every request: an id that its log lines share, and its place among what is counted."""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING, Any

from migrations_app.domain.about import about, known
from migrations_app.live import meters

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from migrations_app.live.viewer import Message, Send

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Followed:
    """An ASGI application around `app`. A request is over, here, with the head of its answer."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                view, took = str(known().get("view", "none")), time.monotonic() - began
                meters.answered(view, scope["method"], message["status"], took)
            await send(message)

        with about(request=secrets.token_hex(8)):
            await self._app(scope, receive, counted)

"""The hook as a plain ASGI application. Standard library only; copy this file or import it.

app = hook_app(hook, "/warroom/switches/", otherwise=app)
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Asgi = Callable[[Any, Any, Any], Awaitable[None]]

LONGEST = 16 * 1024


class Hook(Protocol):
    def answer(
        self, method: str, switch: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, bytes]: ...


def hook_app(hook: Hook, prefix: str, otherwise: Asgi) -> Asgi:
    """Answers what is below `prefix`, and hands on everything else."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(prefix):
            await otherwise(scope, receive, send)
            return
        switch = scope["path"].removeprefix(prefix)
        headers = {
            name.decode("latin-1"): text.decode("latin-1") for name, text in scope["headers"]
        }
        status, answer = 413, b"{}"
        if (body := await _body(receive)) is not None:
            asked = (scope["method"], switch, headers, body)
            status, answer = await asyncio.to_thread(hook.answer, *asked)
        about = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": status, "headers": about})
        await send({"type": "http.response.body", "body": answer})

    return app


async def _body(receive: Any) -> bytes | None:
    """None when it is longer than any of Warroom's."""
    body, more = b"", True
    while more and len(body) <= LONGEST:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body if len(body) <= LONGEST else None

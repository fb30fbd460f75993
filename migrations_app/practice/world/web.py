"""As much of a web framework as the practice range's services need: raw ASGI, JSON, one handler."""

from __future__ import annotations

import asyncio
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import uvicorn

from migrations_app.practice.ports import HOST

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from asgiref.typing import (
        ASGIReceiveCallable,
        ASGISendCallable,
        HTTPScope,
        Scope,
    )

LARGEST_BODY = 65_536  # bytes
CONTROL_HEADER = "x-control-token"


@dataclass(frozen=True, slots=True)
class Request:
    """One request, read whole. Header names in lower case."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes
    content_type: str = "application/json"


def as_json(status: int, value: object) -> Response:
    return Response(status, json.dumps(value, separators=(",", ":")).encode())


def refusal(status: int, sentence: str) -> Response:
    return as_json(status, {"error": sentence})


def allowed(request: Request, token: str) -> bool:
    """Does the request carry the control token?"""
    return hmac.compare_digest(request.headers.get(CONTROL_HEADER, "").encode(), token.encode())


class App:
    """An ASGI application of one handler, which also runs `background` as long as it serves.

    Every answer says in `X-Served-By` who gave it.
    """

    def __init__(
        self,
        name: str,
        handle: Callable[[Request], Awaitable[Response]],
        background: Callable[[], Coroutine[None, None, None]],
    ) -> None:
        self._name = name.encode()
        self._handle = handle
        self._background = background

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._serve(scope, receive, send)

    async def _live(self, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        await receive()
        work = asyncio.create_task(self._background())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        await send({"type": "lifespan.shutdown.complete"})

    async def _serve(
        self, scope: HTTPScope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        body = await _body(receive)
        if body is None:
            response = refusal(413, f"A body may have {LARGEST_BODY} bytes at most.")
        else:
            response = await self._handle(_request(scope, body))
        headers = [
            (b"content-type", response.content_type.encode()),
            (b"content-length", str(len(response.body)).encode()),
            (b"x-served-by", self._name),
        ]
        await send(
            {
                "type": "http.response.start",
                "status": response.status,
                "headers": headers,
                "trailers": False,
            }
        )
        await send({"type": "http.response.body", "body": response.body, "more_body": False})


def serve(app: App, port: int) -> None:
    """Serve on the loopback address until SIGTERM or SIGINT."""
    uvicorn.run(
        app,
        host=HOST,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        lifespan="on",
        timeout_keep_alive=75,  # longer than any client of ours keeps an idle connection
        timeout_graceful_shutdown=2,
    )


def _request(scope: HTTPScope, body: bytes) -> Request:
    return Request(
        method=scope["method"],
        path=scope["path"],
        query=dict(parse_qsl(scope["query_string"].decode("latin-1"))),
        headers={
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        },
        body=body,
    )


async def _body(receive: ASGIReceiveCallable) -> bytes | None:
    """The whole body, or None if it is too large."""
    body = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return body
        body += message["body"]
        if len(body) > LARGEST_BODY:
            return None
        if not message["more_body"]:
            return body

"""The bare floor of Python: an async generator and a queue per viewer, on Starlette."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from starlette.applications import Starlette  # type: ignore[import-not-found]  # a peer's own
from starlette.responses import Response, StreamingResponse  # type: ignore[import-not-found]
from starlette.routing import Route  # type: ignore[import-not-found]  # environment has it

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request  # type: ignore[import-not-found]  # as above

_queues: set[asyncio.Queue[bytes]] = set()


async def _events() -> AsyncIterator[bytes]:
    queue: asyncio.Queue[bytes] = asyncio.Queue()
    _queues.add(queue)
    try:
        while True:
            yield await queue.get()
    finally:
        _queues.discard(queue)


async def stream(_: Request) -> StreamingResponse:
    return StreamingResponse(_events(), media_type="text/event-stream")


async def publish(request: Request) -> Response:
    frame = await request.body()
    for queue in _queues:
        queue.put_nowait(frame)
    return Response(status_code=204)


app = Starlette(
    routes=[Route("/stream", stream), Route("/publish", publish, methods=["POST"])],
)

"""The practice range's metrics server on a free port, in a thread of the test's own process."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import uvicorn

from migrations_app.practice.promql.engine import Engine
from migrations_app.practice.promql.http import Api

if TYPE_CHECKING:
    from collections.abc import Iterator

    from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope

    from migrations_app.practice.promql.store import Store


@dataclass
class Serving:
    """A running server."""

    api: Api
    url: str
    _heard: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._heard.set()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Takes questions and answers none of them before the end of the block."""
        self._heard.clear()
        try:
            yield
        finally:
            self._heard.set()

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        if not self._heard.is_set():
            await asyncio.to_thread(self._heard.wait)
        await self.api(scope, receive, send)


@contextmanager
def serving(store: Store) -> Iterator[Serving]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        place = Serving(Api(store, Engine(store)), url)
        config = uvicorn.Config(
            place, lifespan="off", ws="none", log_config=None, timeout_graceful_shutdown=1
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield place
        finally:
            server.should_exit = True
            thread.join()

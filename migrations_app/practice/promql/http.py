"""The Prometheus HTTP API as a raw ASGI application, as far as the practice range needs it."""

from __future__ import annotations

import asyncio
import time as clock
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from promql_parser import VectorSelector

from migrations_app.practice.promql import render
from migrations_app.practice.promql.engine import LOOKBACK, parsed
from migrations_app.practice.promql.errors import BadData, NotFound, QueryError
from migrations_app.practice.promql.labels import value_of
from migrations_app.practice.promql.matchers import selector_of
from migrations_app.practice.promql.params import Params

if TYPE_CHECKING:
    from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, HTTPScope, Scope

    from migrations_app.practice.promql.engine import Engine
    from migrations_app.practice.promql.labels import Labels
    from migrations_app.practice.promql.store import Store

_LONGEST_FORM: Final = 65_536
_PATIENCE: Final = 30_000  # ms, when the caller names no timeout
_JSON: Final = b"application/json"
_BUILD: Final = {"version": "practice range", "revision": "", "goVersion": ""}

Handler = Callable[[Params], Awaitable[object]]


class Api:
    """`now` in unix seconds."""

    def __init__(self, store: Store, engine: Engine, now: Callable[[], float] = clock.time) -> None:
        self._store = store
        self._engine = engine
        self._now = now
        self._handlers: dict[str, Handler] = {
            "/api/v1/query": self._query,
            "/api/v1/query_range": self._query_range,
            "/api/v1/series": self._series,
            "/api/v1/labels": self._labels,
            "/api/v1/status/buildinfo": self._build,
        }

    async def __call__(
        self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable
    ) -> None:
        if scope["type"] != "http":
            return
        try:
            status, body = 200, await self._answer(scope, await _form(receive))
        except QueryError as error:
            status, body = error.status, render.failure(error)
        await _respond(send, status, body)

    async def _answer(self, scope: HTTPScope, form: bytes) -> bytes:
        path, params = scope["path"], Params(scope["query_string"], form)
        if path in {"/-/ready", "/-/healthy"}:
            return b'"ready"'
        return render.success(await self._handler(path)(params))

    def _handler(self, path: str) -> Handler:
        label = path.removeprefix("/api/v1/label/").removesuffix("/values")
        if path == f"/api/v1/label/{label}/values":
            return lambda params: self._values(label, params)
        if path not in self._handlers:
            raise NotFound(f'the practice range has nothing at "{path}"')
        return self._handlers[path]

    async def _query(self, params: Params) -> object:
        time = params.time("time", self._now_ms())
        lookback = params.duration("lookback_delta", LOOKBACK)
        return render.instant(self._engine.instant(params.text("query"), time, lookback), time)

    async def _query_range(self, params: Params) -> object:
        """In a thread, because thousands of points take long enough to hold up a scrape."""
        deadline = clock.monotonic() + params.duration("timeout", _PATIENCE) / 1000
        lookback = params.duration("lookback_delta", LOOKBACK)
        found = await asyncio.to_thread(
            self._engine.history, params.text("query"), params.times(), deadline, lookback
        )
        return render.matrix(found)

    async def _series(self, params: Params) -> object:
        if not params.every("match[]"):
            raise BadData('missing parameter "match[]"')
        return [dict(labels) for labels in self._found(params)]

    async def _labels(self, params: Params) -> object:
        return sorted({name for labels in self._found(params) for name, _ in labels})

    async def _values(self, label: str, params: Params) -> object:
        return sorted({value_of(labels, label) for labels in self._found(params)} - {""})

    async def _build(self, _params: Params) -> object:
        return _BUILD

    def _found(self, params: Params) -> list[Labels]:
        texts = params.every("match[]") or ['{__name__!=""}']
        start, end = params.time("start", 0), params.time("end", self._now_ms())
        nodes = [parsed(text) for text in texts]
        selectors = [selector_of(node) for node in nodes if isinstance(node, VectorSelector)]
        if len(selectors) < len(nodes):
            raise BadData('invalid parameter "match[]": only series can be matched')
        return self._store.labels(selectors, start, end)

    def _now_ms(self) -> int:
        return round(self._now() * 1000)


async def _form(receive: ASGIReceiveCallable) -> bytes:
    """The body, read to its end."""
    form = b""
    while True:
        message = await receive()
        if message["type"] != "http.request":  # the client is gone
            return form
        form += message["body"]
        if len(form) > _LONGEST_FORM:
            raise BadData(f"the form is longer than {_LONGEST_FORM} bytes")
        if not message["more_body"]:
            return form


async def _respond(send: ASGISendCallable, status: int, body: bytes) -> None:
    headers = [(b"content-type", _JSON), (b"content-length", str(len(body)).encode())]
    await send(
        {"type": "http.response.start", "status": status, "headers": headers, "trailers": False}
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})

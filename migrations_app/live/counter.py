"""Hand public pages over the counter: before any session, middleware, thread or database.

An ASGI application around `app`. What is not a public page, or has to be looked up first, goes on
to a thread or to the application behind.
"""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from migrations_app.domain.about import learn
from migrations_app.live.shelf import Away, Shelf

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from migrations_app.live.mirror import Found
    from migrations_app.live.shelf import Page, Rendered
    from migrations_app.live.viewer import Message, Send

    Scope = dict[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]
    Address = Callable[[str], tuple[str, str] | None]

GUARDS: Final = {
    "content-security-policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
}
"""On every public page. No referrer: the address of a link is a secret of those who hold it."""

LISTED: Final = "public, max-age=15, stale-while-revalidate=60"
UNLISTED: Final = "private, no-cache"
"""A page behind a link is kept by no shared cache, so that revoking it is the end of it."""

MEANWHILE_S: Final = 10.0
"""What was looked up so long ago is served while it is looked up anew: a database that hangs keeps
no reader waiting. Older pages are looked up first, so a revoked link is gone after this time."""


def headers(rendered: Rendered, found: Found) -> dict[str, str]:
    """Everything that is said of a public page besides its bytes."""
    said = GUARDS | {
        "content-type": rendered.content_type,
        "etag": f'"{rendered.etag}"',
        "cache-control": LISTED if found.listed else UNLISTED,
        "content-length": str(len(rendered.body)),
    }
    return said if found.listed else said | {"x-robots-tag": "noindex, nofollow"}


def unchanged(asked: str, rendered: Rendered) -> bool:
    """Whether a browser that sends this `If-None-Match` has the page already."""
    tags = {tag.strip().removeprefix("W/").strip('"') for tag in asked.split(",")}
    return rendered.etag in tags or "*" in tags


class Counter:
    """`address` says which page and form a path asks for; None where it is no public page."""

    def __init__(self, app: App, shelf: Shelf, address: Address) -> None:
        self._app, self._shelf, self._address = app, shelf, address
        self._asking: dict[str, asyncio.Task[Page | None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        reads = scope["type"] == "http" and scope["method"] in {"GET", "HEAD"}
        wanted = self._address(scope["path"]) if reads else None
        if wanted is None:
            await self._app(scope, receive, send)
            return
        learn(view="status")
        try:
            page = await self._page(*wanted)
        except Away:
            await _away(send)
            return
        if page is None:  # the application's own 404
            await self._app(scope, receive, send)
            return
        await _hand_over(scope, send, *page)

    async def _page(self, key: str, form: str) -> Page | None:
        known = self._shelf.at_hand(key, form)
        if known is not None and known.fresh:
            return known.page
        asking = self._asking.get(key) or self._ask(key, form)
        if known is not None and known.age <= MEANWHILE_S:
            return known.page
        await asyncio.shield(asking)
        known = self._shelf.at_hand(key, form)
        if known is None:  # evicted already
            return await asyncio.to_thread(self._shelf.fetch, key, form)
        return known.page

    def _ask(self, key: str, form: str) -> asyncio.Task[Page | None]:
        """One question for all who wait: a storm takes one thread, not all there are."""
        asking = asyncio.create_task(asyncio.to_thread(self._shelf.fetch, key, form))
        self._asking[key] = asking
        asking.add_done_callback(lambda done: self._answered(key, done))
        return asking

    def _answered(self, key: str, done: asyncio.Task[Page | None]) -> None:
        del self._asking[key]
        if not done.cancelled():
            done.exception()  # told to whoever waits, if anybody does


async def _hand_over(scope: Scope, send: Send, rendered: Rendered, found: Found) -> None:
    told = headers(rendered, found)
    asked = dict(scope["headers"]).get(b"if-none-match", b"").decode("latin-1")
    same = bool(asked) and unchanged(asked, rendered)
    if same:
        del told["content-length"], told["content-type"]
    status = HTTPStatus.NOT_MODIFIED if same else HTTPStatus.OK
    body = b"" if same or scope["method"] == "HEAD" else rendered.body
    await _answer(send, status, told.items(), body)


async def _away(send: Send) -> None:
    text = b"This page is not available for the moment. Please try again in a minute.\n"
    told = GUARDS | {"content-type": "text/plain; charset=utf-8", "retry-after": "30",
                     "cache-control": "no-store"}  # fmt: skip
    await _answer(send, HTTPStatus.SERVICE_UNAVAILABLE, told.items(), text)


async def _answer(
    send: Send, status: HTTPStatus, told: Iterable[tuple[str, str]], body: bytes
) -> None:
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in told]
    await send({"type": "http.response.start", "status": int(status), "headers": raw})
    await send({"type": "http.response.body", "body": body})

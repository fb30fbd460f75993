"""Headers of what Django never sees: streams that are held, pages over the counter."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.live.guards import ALWAYS, Guarded, hsts
from migrations_app.live.stream import _GUARDS, _OURS, _headers

if TYPE_CHECKING:
    from migrations_app.live.viewer import Message


def said(headers: list[tuple[bytes, bytes]], kind: str = "http") -> list[tuple[bytes, bytes]]:
    """What leaves when the application says `headers`."""
    left: list[Message] = []

    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"x"})

    async def send(message: Message) -> None:
        left.append(message)

    asyncio.run(Guarded(app, ALWAYS | hsts(60))({"type": kind}, None, send))  # type: ignore[arg-type]  # nobody receives
    assert left[1] == {"type": "http.response.body", "body": b"x"}
    found: list[tuple[bytes, bytes]] = left[0]["headers"]
    return found


def test_what_an_answer_lacks_is_added() -> None:
    told = dict(said([]))
    assert told == {n.encode(): v.encode() for n, v in (ALWAYS | hsts(60)).items()}
    assert told[b"strict-transport-security"] == b"max-age=60; includeSubDomains; preload"


def test_what_an_answer_says_itself_stays_and_is_said_once() -> None:
    told = said([(b"Referrer-Policy", b"no-referrer"), (b"cache-control", b"public")])
    names = [name.lower() for name, _ in told]
    assert len(names) == len(set(names))
    assert (b"Referrer-Policy", b"no-referrer") in told
    assert (b"cache-control", b"public") in told


def test_anything_but_an_answer_is_let_through() -> None:
    assert said([], kind="lifespan") == []


@pytest.mark.parametrize("encoding", [b"gzip", b"br", b"deflate"])
def test_a_held_stream_says_that_it_is_not_compressed(encoding: bytes) -> None:
    """Whatever a middleware made of the view's answer."""
    answer: Message = {"headers": [(b"content-encoding", encoding), (b"X-Hold-Stream", b"run:1")]}
    encodings = [value for name, value in _headers(answer) if name.lower() == b"content-encoding"]
    assert encodings == [b"identity"]


def test_who_comes_back_is_guarded_like_everybody() -> None:
    told = dict([*_OURS, *_GUARDS])
    assert told[b"content-encoding"] == b"identity"
    assert told[b"cache-control"] == b"no-store"
    assert b"frame-ancestors 'none'" in told[b"content-security-policy"]

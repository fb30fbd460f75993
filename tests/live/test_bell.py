"""The bell and the ears, on a real Redis-compatible server, a dead one and one that hangs."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING

import pytest
import redis

from migrations_app.live import ears
from migrations_app.live.bell import STREAM, Bell
from migrations_app.live.ears import listen
from tests.live.build import PATIENCE_S, played, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_django import Settings
    from redis.asyncio import Redis

pytestmark = pytest.mark.django_db  # the servers come with the database


@pytest.fixture
def url(settings: Settings) -> str:
    address: str = settings.WARROOM_REDIS_URL
    redis.Redis.from_url(address).delete(STREAM)
    return address


class Heard:
    """What was heard, and a way to wait for more."""

    def __init__(self) -> None:
        self.rings: asyncio.Queue[tuple[int, str]] = asyncio.Queue()

    def __call__(self, run_id: int, what: str) -> None:
        self.rings.put_nowait((run_id, what))

    async def next(self) -> tuple[int, str]:
        return await asyncio.wait_for(self.rings.get(), PATIENCE_S)


def test_what_is_rung_is_heard_once_and_in_order(url: str) -> None:
    async def story() -> None:
        heard = Heard()
        listener = asyncio.create_task(listen(url, heard))
        await _listening(url)
        bell = Bell(url)
        for run_id in range(1, 30):
            bell.ring(run_id, "event")
        assert [await heard.next() for _ in range(29)] == [(n, "event") for n in range(1, 30)]
        assert heard.rings.empty()
        listener.cancel()

    played(story)


async def _listening(url: str) -> None:
    """Until somebody waits for the stream."""
    client = redis.Redis.from_url(url)
    await until(lambda: any("xread" in one["cmd"] for one in client.client_list()))


def test_a_cut_connection_is_made_again_and_nothing_is_lost(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ears, "_PAUSE_S", 0.05)

    async def story() -> None:
        heard = Heard()
        listener = asyncio.create_task(listen(url, heard))
        await _listening(url)
        client = redis.Redis.from_url(url)
        for number in range(5):
            for one in client.client_list():
                if "xread" in one["cmd"]:
                    client.client_kill_filter(_id=one["id"])
            client.xadd(STREAM, {"ring": f'{{"run": {number}, "what": "event"}}'})
            assert await heard.next() == (number, "event")
            await _listening(url)
        assert heard.rings.empty()
        listener.cancel()

    played(story)


def test_a_ring_that_says_nothing_hurts_nobody(url: str) -> None:
    async def story() -> None:
        heard = Heard()
        listener = asyncio.create_task(listen(url, heard))
        await _listening(url)
        client = redis.Redis.from_url(url)
        for nonsense in ("", "{}", "[1]", '{"run": "x", "what": 1}', "null"):
            client.xadd(STREAM, {"ring": nonsense})
        client.xadd(STREAM, {"other": "field"})
        Bell(url).ring(4, "metrics")
        assert await heard.next() == (4, "metrics")
        listener.cancel()

    played(story)


@pytest.fixture
def mute() -> Iterator[str]:
    """Something that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=50) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def test_ringing_returns_at_once_though_nobody_answers(mute: str) -> None:
    """It never waits for its thread: a thousand rings and more, while the first still hangs."""
    bell = Bell(mute)
    done = threading.Event()

    def ring() -> None:
        for run_id in range(5000):
            bell.ring(run_id)
        done.set()

    threading.Thread(target=ring, daemon=True).start()
    assert done.wait(PATIENCE_S)
    assert bell._rings.qsize() <= 1000


def test_the_ears_leave_a_redis_that_hangs(mute: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ears, "_TIMEOUT_S", 0.1)
    monkeypatch.setattr(ears, "_PAUSE_S", 0.01)
    tries: list[str] = []
    client = ears._client

    def counted(url: str) -> Redis:
        tries.append(url)
        return client(url)

    monkeypatch.setattr(ears, "_client", counted)

    async def story() -> None:
        listener = asyncio.create_task(listen(mute, Heard()))
        await until(lambda: len(tries) >= 3)
        assert not listener.done()
        listener.cancel()

    played(story)

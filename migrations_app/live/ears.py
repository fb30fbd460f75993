"""Listen to the bell: one subscription per process, for ever."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from migrations_app.live.bell import STREAM

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Ring = tuple[bytes, Mapping[bytes, bytes]]

log = logging.getLogger(__name__)

_BLOCK_MS = 4000
_TIMEOUT_S = 6.0  # a Redis that hangs is left after this long
_PAUSE_S = 1.0
_MANY = 500


async def listen(url: str, heard: Callable[[int, str], None]) -> None:
    """Call `heard(run_id, what)` for every ring, until cancelled.

    A Redis that dies, hangs or comes back empty costs nothing but time: the hub looks at the
    database by itself, and rings missed meanwhile are read afterwards if they are still there.
    """
    last, silent = "", False
    while True:
        client = _client(url)
        try:
            last = last or await _newest(client)
            if silent:
                log.info("the bell is heard again")
            silent = False
            while True:
                last = await _read(client, last, heard)
        except (RedisError, OSError, TimeoutError) as error:
            if not silent:
                log.warning("the bell can't be heard, polling instead: %s", error)
            silent = True
        finally:
            await client.aclose()
        await asyncio.sleep(_PAUSE_S)


def _client(url: str) -> Redis:
    return Redis.from_url(
        url, socket_timeout=_TIMEOUT_S, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0)
    )


async def _newest(client: Redis) -> str:
    """Where to begin. Not `$`: between two reads it would skip what rang meanwhile."""
    found = cast("list[Ring]", await client.xrevrange(STREAM, count=1))
    return found[0][0].decode() if found else "0-0"


async def _read(client: Redis, last: str, heard: Callable[[int, str], None]) -> str:
    """Wait for rings after `last`; returns the last one heard."""
    answer = await client.xread({STREAM: last}, count=_MANY, block=_BLOCK_MS)
    for _, rings in cast("list[tuple[bytes, list[Ring]]]", answer or []):
        for ring_id, fields in rings:
            last = ring_id.decode()
            _hear(fields, heard)
    return last


def _hear(fields: Mapping[bytes, bytes], heard: Callable[[int, str], None]) -> None:
    try:
        ring = json.loads(fields[b"ring"])
        heard(int(ring["run"]), str(ring["what"]))
    except (KeyError, ValueError, TypeError) as error:
        log.warning("a ring that says nothing: %s", error)

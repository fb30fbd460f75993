"""Many viewers of one stream in one process: `python -m bench.viewers`, told what to do by lines.

Raw connections, nothing parsed: an event has arrived when its mark was seen and the bytes end as
events end. Every command and answer is one line of JSON:

- `open`: connect to `port`, one connection per request of the file `requests` → seconds, failed;
- `want`: wait for `mark` on all who read → `ready`, then the times (monotonic) and how many missed;
- `stall`: the last `share` of them stop reading;
- `cookies`: what each was given.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import uvloop

if TYPE_CHECKING:
    from collections.abc import Sequence

HOST = "127.0.0.1"
AT_ONCE = 256
PATIENCE_S = 30.0
_COOKIE = re.compile(rb"set-cookie: ([^;\r]+)", re.IGNORECASE)
_END = b"\n\n"
_CHUNK_END = b"\n\n\r\n"
"""A chunk of a chunked answer ends in a line break of its own."""


class Viewer(asyncio.Protocol):
    """One connection. `seen` is set when the event that is wanted has arrived whole."""

    __slots__ = ("_begun", "_crowd", "_tail", "head", "here", "ok", "transport")

    def __init__(self, crowd: Crowd) -> None:
        self._crowd = crowd
        self._tail = b""
        self._begun = False
        self.head = b""
        self.ok = False
        self.here: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's are none by name

    def data_received(self, data: bytes) -> None:
        if not self.here.done():
            self._begin(data)
        want = self._crowd.want
        if want is None:
            return
        seen = self._tail + data  # a mark or an end may come in pieces, however small
        self._tail = seen[-len(want) - len(_CHUNK_END) :]
        self._begun = self._begun or want in seen
        if self._begun and seen.endswith((_END, _CHUNK_END)):
            self._begun, self._tail = False, b""
            self._crowd.arrived(self)

    def _begin(self, data: bytes) -> None:
        self.head += data
        if b"\r\n\r\n" in self.head:
            self.ok = self.head.startswith(b"HTTP/1.1 200")
            self.here.set_result(None)

    def connection_lost(self, _: Exception | None) -> None:
        self._crowd.lost += self.ok
        if not self.here.done():
            self.here.set_result(None)


class Crowd:
    """All viewers, and the one event they wait for."""

    def __init__(self) -> None:
        self.viewers: deque[Viewer] = deque()
        self.want: bytes | None = None
        self.lost = 0
        self._waiting: set[Viewer] = set()
        self._stalled: set[Viewer] = set()
        self._times: list[float] = []
        self._all = asyncio.Event()

    def arrived(self, viewer: Viewer) -> None:
        if viewer in self._waiting:
            self._times.append(time.perf_counter())
            self._waiting.discard(viewer)
            if not self._waiting:
                self._all.set()

    async def open(self, port: int, texts: Sequence[str]) -> dict[str, Any]:
        gate = asyncio.Semaphore(AT_ONCE)
        began = time.perf_counter()
        await asyncio.gather(*(self._one(gate, port, text.encode()) for text in texts))
        took = time.perf_counter() - began
        return {"took": took, "failed": sum(not viewer.ok for viewer in self.viewers)}

    async def _one(self, gate: asyncio.Semaphore, port: int, request: bytes) -> None:
        async with gate:
            loop = asyncio.get_running_loop()
            _, viewer = await loop.create_connection(lambda: Viewer(self), HOST, port)
            self.viewers.append(viewer)
            assert viewer.transport is not None
            viewer.transport.write(request)
            with suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(viewer.here), PATIENCE_S)

    async def wait(self, mark: str, tell: Any) -> dict[str, Any]:
        self.want, self._times = mark.encode(), []
        self._waiting = {one for one in self.viewers if one.ok} - self._stalled
        self._all.clear()
        tell({"ready": True})
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all.wait(), PATIENCE_S)
        missed, self.want = len(self._waiting), None
        return {"times": self._times, "missed": missed, "lost": self.lost}

    def stall(self, share: float) -> dict[str, Any]:
        self._stalled = set(
            list(self.viewers)[len(self.viewers) - int(share * len(self.viewers)) :]
        )
        for viewer in self._stalled:
            assert viewer.transport is not None
            viewer.transport.pause_reading()
        return {"stalled": len(self._stalled)}

    def cookies(self) -> dict[str, Any]:
        found = [b"; ".join(_COOKIE.findall(viewer.head)) for viewer in self.viewers]
        return {"cookies": [one.decode("latin-1") for one in found]}


async def main() -> None:
    crowd, loop = Crowd(), asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        _tell(await _do(crowd, **json.loads(line)))


async def _do(crowd: Crowd, do: str, **told: Any) -> dict[str, Any]:
    match do:
        case "open":
            return await crowd.open(told["port"], _requests(told["requests"]))
        case "want":
            return await crowd.wait(tell=_tell, **told)
        case "stall":
            return crowd.stall(**told)
        case "cookies":
            return crowd.cookies()
        case _:
            raise ValueError(do)


def _requests(file: str) -> list[str]:
    texts: list[str] = json.loads(Path(file).read_text(encoding="utf-8"))
    return texts


def _tell(answer: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    uvloop.run(main())

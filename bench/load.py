"""Readers of one page at a fixed rate: `python -m bench.load PORT PATH --rate 500 --seconds 20`.

Open loop: requests are due at fixed times, whatever became of those before. Each goes out on a
connection that is idle, and its time counts from when it was due: a server that stalls is not
spared the requests that it kept waiting. A share of the readers was here before, and asks whether
anything is new. One line of JSON tells the outcome, and how late the load itself was.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import time
from collections import Counter, deque
from contextlib import suppress
from typing import cast

import uvloop

from bench.fanout_report import quantile

HOST = "127.0.0.1"
GRACE_S = 5.0
_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_ETAG = re.compile(rb"\r\netag: ([^\r]+)", re.IGNORECASE)
SHARES = (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))


class Reader(asyncio.Protocol):
    """One connection, kept alive. Idle whenever no answer is awaited."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._held = b""
        self._due: float | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's are none by name

    def ask(self, request: bytes, due: float) -> None:
        assert self._transport is not None
        self._due, self._held = due, b""
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._held += data
        head, end, body = self._held.partition(b"\r\n\r\n")
        if not end or self._due is None:
            return
        length = _LENGTH.search(head)
        if len(body) < (int(length[1]) if length else 0):
            return
        due, self._due = self._due, None
        self._load.answered(self, head, due)

    def connection_lost(self, _: Exception | None) -> None:
        self._load.lost(self, waiting=self._due is not None)


class Load:
    """So many requests a second, for so long."""

    def __init__(self, port: int, path: str, returning: float) -> None:
        self._port, self._path, self._returning = port, path, returning
        self._idle: deque[Reader] = deque()
        self._due: deque[float] = deque()
        self._etag = b""
        self._sent = 0
        self._total = 10**9
        self.statuses: Counter[str] = Counter()
        self.took: list[float] = []
        self.late: list[float] = []
        self._all = asyncio.Event()

    async def run(self, rate: float, seconds: float, readers: int) -> None:
        loop = asyncio.get_running_loop()
        for _ in range(readers):
            _, reader = await loop.create_connection(lambda: Reader(self), HOST, self._port)
            self._idle.append(reader)
        began, total = time.perf_counter(), int(rate * seconds)
        for number in range(total):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            self.late.append(time.perf_counter() - due)
            self._due.append(due)
            self._next()
        self._total = total
        self._count()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all.wait(), GRACE_S)
        self.statuses["unanswered"] = total - self.statuses.total()

    def _count(self) -> None:
        if self.statuses.total() >= self._total:
            self._all.set()

    def _next(self) -> None:
        while self._due and self._idle:
            self._sent += 1
            returns = self._sent % 100 < 100 * self._returning
            tag = b"If-None-Match: " + self._etag + b"\r\n" if returns and self._etag else b""
            head = f"GET {self._path} HTTP/1.1\r\nHost: {HOST}:{self._port}\r\n".encode()
            self._idle.popleft().ask(head + tag + b"\r\n", self._due.popleft())

    def answered(self, reader: Reader, head: bytes, due: float) -> None:
        self.took.append(time.perf_counter() - due)
        self.statuses[head.split(b" ", 2)[1].decode()] += 1
        if tag := _ETAG.search(head):
            self._etag = tag[1]
        self._idle.append(reader)
        self._next()
        self._count()

    def lost(self, reader: Reader, *, waiting: bool) -> None:
        self.statuses["lost"] += waiting
        self._count()
        if reader in self._idle:
            self._idle.remove(reader)


def main() -> None:
    parser = argparse.ArgumentParser(description="Readers of one page at a fixed rate.")
    parser.add_argument("port", type=int)
    parser.add_argument("path")
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--readers", type=int, default=100)
    parser.add_argument("--returning", type=float, default=0.5)
    asked = parser.parse_args()
    load = Load(asked.port, asked.path, asked.returning)
    uvloop.run(load.run(asked.rate, asked.seconds, asked.readers))
    print(json.dumps({
        "statuses": {name: count for name, count in load.statuses.items() if count},
        "took": {name: quantile(load.took, share) for name, share in SHARES},
        "late": quantile(load.late, 0.99),
    }))  # fmt: skip


if __name__ == "__main__":
    main()

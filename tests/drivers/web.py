"""Two small services and clients that never stop asking, for tests that need real requests."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

KEEP, CLOSE = "keep-alive", "close"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back to one request: who answered, and what it wanted remembered."""

    status: int
    body: str
    cookie: str = ""


@asynccontextmanager
async def service(name: str) -> AsyncIterator[int]:
    """Answers every request with its name; the port it listens on."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(name)}\r\n\r\n{name}".encode()
        try:
            while await reader.readuntil(b"\r\n\r\n"):
                writer.write(head)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@dataclass
class Client:
    """Asks `port`, on one connection for as long as it lasts (`keep-alive`) or one each."""

    port: int
    connection: str = CLOSE
    cookie: str = ""
    _link: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def get(self) -> Reply:
        """One request. Whatever goes wrong is raised: nothing is tried twice."""
        if self._link is None:
            self._link = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._link
        writer.write(self._request())
        await writer.drain()
        reply, stays = _parsed(await reader.readuntil(b"\r\n\r\n"))
        body = await reader.readexactly(reply[1])
        if self.connection == CLOSE or not stays:
            await self.close()
        return Reply(reply[0], body.decode(), reply[2])

    async def close(self) -> None:
        if self._link is not None:
            self._link[1].close()
            self._link = None

    def _request(self) -> bytes:
        lines = ["GET / HTTP/1.1", "Host: app", f"Connection: {self.connection}"]
        if self.cookie:
            lines.append(f"Cookie: {self.cookie}")
        return "\r\n".join([*lines, "", ""]).encode()


def _parsed(head: bytes) -> tuple[tuple[int, int, str], bool]:
    status, *lines = head.decode().split("\r\n")
    fields = {
        name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)
    }
    size, cookie = int(fields.get("content-length", "0")), fields.get("set-cookie", "")
    stays = fields.get("connection", KEEP) != CLOSE
    return (int(status.split()[1]), size, cookie.partition(";")[0]), stays


@dataclass
class Crowd:
    """Clients that ask without a pause until told to stop; every reply and every failure counts."""

    clients: list[Client]
    replies: list[Reply] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    _over: bool = False
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        await asyncio.gather(*map(self._ask, self.clients))

    async def some(self, number: int) -> list[Reply]:
        """The next `number` replies."""
        start = len(self.replies)
        while len(self.replies) < start + number and not self.failures:
            self._news.clear()
            await self._news.wait()
        return self.replies[start : start + number]

    def stop(self) -> None:
        self._over = True

    async def _ask(self, client: Client) -> None:
        while not self._over:
            try:
                reply = await client.get()
            except (OSError, asyncio.IncompleteReadError) as error:
                self.failures.append(f"{client.connection}: {error!r}")
                await client.close()
            else:
                self.replies.append(reply)
                if reply.status != 200:
                    self.failures.append(f"{client.connection}: {reply.status}")
            self._news.set()
        await client.close()

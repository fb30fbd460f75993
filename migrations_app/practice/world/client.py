"""A small HTTP/1.1 client on asyncio streams: cheap enough for a load, honest about losses.

It speaks to our own servers and to HAProxy only, which always say how long an answer is.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

IDLE = 64  # connections kept for later


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent. `close`: over a connection of its own, closed afterwards."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = b""
    close: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Client:
    """Asks one server; keeps connections and uses the one that was used last."""

    def __init__(self, host: str, port: int, timeout: float = 10.0) -> None:
        self._address = (host, port)
        self._timeout = timeout
        self._idle: list[_Connection] = []

    async def ask(self, question: Question) -> Answer:
        """The answer, or `OSError` if there was none in time (`TimeoutError` is one)."""
        async with asyncio.timeout(self._timeout):
            connection = await self._connection(fresh=question.close)
            try:
                answer = await connection.ask(question)
            except BaseException:
                connection.close()
                raise
            last = question.close or answer.headers.get("connection") == "close"
            self._put_back(connection, keep=not last)
            return answer

    async def close(self) -> None:
        while self._idle:
            self._idle.pop().close()

    async def _connection(self, *, fresh: bool) -> _Connection:
        while self._idle and not fresh:
            connection = self._idle.pop()
            if not connection.is_over:
                return connection
            connection.close()
        return _Connection(*await asyncio.open_connection(*self._address))

    def _put_back(self, connection: _Connection, *, keep: bool) -> None:
        if keep and len(self._idle) < IDLE:
            self._idle.append(connection)
        else:
            connection.close()


class _Connection:
    """One connection with one question at a time."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @property
    def is_over(self) -> bool:
        """Has the server hung up while nobody asked anything?"""
        return self._reader.at_eof() or self._writer.is_closing()

    def close(self) -> None:
        self._writer.close()

    async def ask(self, question: Question) -> Answer:
        self._writer.write(_encode(question))
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
            status, headers = _parse_head(head.decode("latin-1"))
            body = await self._reader.readexactly(int(headers.get("content-length", "0")))
        except (EOFError, ValueError) as error:
            raise ConnectionError("The answer was cut off.") from error
        return Answer(status, headers, body)


def _encode(question: Question) -> bytes:
    lines = [
        f"{question.method} {question.path} HTTP/1.1",
        "host: orders.example",
        f"connection: {'close' if question.close else 'keep-alive'}",
        f"content-length: {len(question.body)}",
        *(f"{name}: {value}" for name, value in question.headers.items()),
    ]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + question.body


def _parse_head(head: str) -> tuple[int, dict[str, str]]:
    first, *lines = head.rstrip("\r\n").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    _version, _, rest = first.partition(" ")
    return int(rest[:3]), {name.lower(): value.strip() for name, _, value in pairs}

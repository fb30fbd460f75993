"""A server that answers every instant query with one number, as cheaply as Python can.

python -m bench.growth_stub PORT
"""

from __future__ import annotations

import asyncio
import sys
from typing import Final

BODY: Final = (
    b'{"status":"success","data":{"resultType":"vector",'
    b'"result":[{"metric":{},"value":[1764547200.000,"0.001"]}]}}'
)
ANSWER: Final = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
)


class Answering(asyncio.Protocol):
    """One connection, kept alive; requests may follow each other in one piece."""

    def __init__(self) -> None:
        self._heard = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._heard += data
        while (length := _whole(self._heard)) and self._transport:
            self._heard = self._heard[length:]
            self._transport.write(ANSWER)


def _whole(heard: bytes) -> int:
    """How long the first request is; 0 while it has not all arrived."""
    head, found, _ = heard.partition(b"\r\n\r\n")
    if not found:
        return 0
    lines = head.lower().split(b"\r\n")
    told = next((line for line in lines if line.startswith(b"content-length:")), b":0")
    length = len(head) + 4 + int(told.partition(b":")[2])
    return length if len(heard) >= length else 0


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Answering, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))

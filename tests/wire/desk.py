"""A server that does to each request what it was told to, and keeps what it heard."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Deed = Callable[["Hand"], None]


@dataclass(frozen=True, slots=True)
class Heard:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Desk:
    """`deed` is done to every request; `heard` are all of them."""

    deed: Deed
    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    connections: int = 0
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def desk(deed: Deed) -> Iterator[Desk]:
    """On a free port of the loopback address, until the end of the block."""
    with _Server(deed) as server:
        running = server.desk
        running.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield running
        finally:
            running.over.set()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, deed: Deed) -> None:
        self.desk = Desk(deed)
        super().__init__(("127.0.0.1", 0), Hand)

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what this server is for."""


class Hand(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        self.desk = cast("_Server", self.server).desk
        self.desk.connections += 1
        super().setup()

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""

    def say(self, status: int, body: bytes = b"{}", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"content-type": "application/json", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def hang(self) -> None:
        """Not a byte until the end of the test."""
        self.desk.over.wait()
        self.close_connection = True

    def hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def do_GET(self) -> None:
        self._meet()

    def do_POST(self) -> None:
        self._meet()

    def do_PUT(self) -> None:
        self._meet()

    def do_PATCH(self) -> None:
        self._meet()

    def _meet(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.asked = Heard(self.command, self.path, headers, body)
        self.desk.heard.append(self.asked)
        self.desk.deed(self)

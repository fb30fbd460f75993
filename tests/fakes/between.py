"""A hand on the line: passes requests on to a server, or does what it is told instead."""

from __future__ import annotations

import http.client
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator


@dataclass(frozen=True, slots=True)
class Heard:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Said:
    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Between:
    """`instead` answers what it likes; None passes on what `rewritten` makes of it. `silent` does
    not answer while it says so of a request; with `after` it has passed it on before."""

    port: int = 0
    heard: list[Heard] = field(default_factory=list, repr=False)
    instead: Callable[[Heard], Said | None] = lambda _heard: None
    silent: Callable[[Heard], bool] = lambda _heard: False
    after: bool = True
    rewritten: Callable[[Heard], Heard] = lambda heard: heard
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def between(target: int) -> Iterator[Between]:
    """On a free port before the server at port `target`."""
    hand = Between()
    with _Server(hand, target) as server:
        hand.port = server.server_address[1]
        serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        serving.start()
        try:
            yield hand
        finally:
            hand.over.set()
            server.shutdown()
            serving.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, hand: Between, target: int) -> None:
        self.hand, self.target = hand, target
        self.links: list[socket.socket] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what this is for."""

    def process_request(self, request: object, client_address: object) -> None:
        self.links.append(cast("socket.socket", request))
        super().process_request(cast("socket.socket", request), client_address)

    def server_close(self) -> None:
        super().server_close()
        for link in self.links:
            link.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._meet()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""

    def _meet(self) -> None:
        server = cast("_Server", self.server)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        heard = Heard(self.command, self.path, headers, body)
        server.hand.heard.append(heard)
        mute = server.hand.silent(heard)
        if mute and not server.hand.after:
            return self._say_nothing(server.hand)
        said = server.hand.instead(heard) or _passed_on(server.target, server.hand.rewritten(heard))
        if mute:
            return self._say_nothing(server.hand)
        return self._say(said)

    def _say(self, said: Said) -> None:
        self.send_response(said.status)
        for name, value in {"content-type": "text/xml", **said.headers}.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(said.body)))
        self.end_headers()
        self.wfile.write(said.body)

    def _say_nothing(self, hand: Between) -> None:
        hand.over.wait()
        self.close_connection = True


def _passed_on(target: int, heard: Heard) -> Said:
    asked = http.client.HTTPConnection("127.0.0.1", target, timeout=60)
    try:
        headers = {**heard.headers, "content-length": str(len(heard.body))}
        asked.request(heard.method, heard.path, heard.body, headers)
        answer = asked.getresponse()
        kept = {"content-type", "retry-after"}
        headers = {k.lower(): v for k, v in answer.getheaders() if k.lower() in kept}
        return Said(answer.status, answer.read(), headers)
    finally:
        asked.close()

"""A small HTTP server for sources: a function answers, and everything heard is kept."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, NamedTuple, cast
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping


class Asked(NamedTuple):
    """As it arrived; header names are lower case, of repeated parameters the first counts."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Said(NamedTuple):
    """`body` as JSON unless it is bytes."""

    status: int
    body: Any = b""
    headers: Mapping[str, str] = {}


@dataclass
class Place:
    """A running server. `answer` may be exchanged while it runs."""

    answer: Callable[[Asked], Said]
    url: str = ""
    heard: list[Asked] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Takes questions and answers none of them before the end of the block."""
        self.open.clear()
        try:
            yield
        finally:
            self.open.set()


@contextmanager
def serving(answer: Callable[[Asked], Said], tls: ssl.SSLContext | None = None) -> Iterator[Place]:
    """On a free port of the loopback address, until the end of the block."""
    place = Place(answer)
    place.open.set()
    with _Server(place) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        scheme = "http" if tls is None else "https"
        place.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield place
        finally:
            place.open.set()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, place: Place) -> None:
        self.place = place
        super().__init__(("127.0.0.1", 0), _Handler)

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are expected."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        self._meet()

    def do_POST(self) -> None:
        self._meet()

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""

    def _meet(self) -> None:
        place = cast("_Server", self.server).place
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        params = {key: values[0] for key, values in parse_qs(url.query).items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, url.path, params, headers, body)
        place.heard.append(asked)
        place.open.wait()
        self._say(place.answer(asked))

    def _say(self, said: Said) -> None:
        plain = isinstance(said.body, bytes)
        body = said.body if plain else json.dumps(said.body).encode()
        kind = "text/plain" if plain else "application/json"
        self.send_response(said.status)
        for name, value in ({"content-type": kind} | dict(said.headers)).items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

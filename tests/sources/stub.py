"""A server that speaks Prometheus's HTTP API as badly as it is told to, and keeps what it heard.

The first word of a query says how: `value 0.25`, `nan`, `hang`; see `misbehaviour`.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, cast
from urllib.parse import parse_qs, urlsplit

from tests.sources.misbehaviour import BEHAVIOUR, unknown

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping

PATIENCE: Final = 60.0  # seconds; only a hung machine takes longer


@dataclass(frozen=True, slots=True)
class Request:
    """As it arrived. `form` holds the query string too; header names are lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    form: Mapping[str, str]


def _opened() -> threading.Event:
    event = threading.Event()
    event.set()
    return event


@dataclass
class Stub:
    """A running server, and what happened to it."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    connections: int = 0
    poured: int = 0  # bytes sent of answers without end
    released: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    open: threading.Event = field(default_factory=_opened)  # closed, nobody is answered
    answered: dict[str, bytes] = field(default_factory=dict)  # by path, instead of a behaviour

    def wait_for_a_request(self) -> None:
        assert self.arrived.acquire(timeout=PATIENCE)

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Takes questions and answers none of them before the end of the block."""
        self.open.clear()
        try:
            yield
        finally:
            self.open.set()

    @property
    def last(self) -> Request:
        return self.requests[-1]


@contextmanager
def running(tls: ssl.SSLContext | None = None) -> Iterator[Stub]:
    """On a free port of the loopback address, until the end of the block."""
    with _Server() as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        scheme = "http" if tls is None else "https"
        server.stub.url = f"{scheme}://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.stub
        finally:
            server.stub.released.set()
            server.stub.open.set()
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self) -> None:
        self.stub = Stub()
        super().__init__(("127.0.0.1", 0), Handler)

    def handle_error(self, *_: object) -> None:
        """Clients that hang up are what this server is for."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        self.stub = cast("_Server", self.server).stub
        self.stub.connections += 1
        super().setup()

    def do_GET(self) -> None:
        self._meet("GET")

    def do_POST(self) -> None:
        self._meet("POST")

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""

    def say(self, body: bytes, status: int = 200, **headers: str) -> None:
        """A whole answer; `content_type` is JSON unless said otherwise."""
        self.head(status, content_length=str(len(body)), **headers)
        self.wfile.write(body)

    def head(self, status: int = 200, **headers: str) -> None:
        """Only its head. Without a length the answer ends with its connection."""
        self.close_connection = "content_length" not in headers
        self.send_response(status)
        for name, value in ({"content_type": "application/json"} | headers).items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def _meet(self, method: str) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
        self.form = {key: values[0] for key, values in parse_qs(f"{url.query}&{body}").items()}
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.stub.requests.append(Request(method, url.path, headers, self.form))
        self.stub.arrived.release()
        self.stub.open.wait()
        if url.path in self.stub.answered:
            self.say(self.stub.answered[url.path])
            return
        how, _, rest = self.form.get("query", "").partition(" ")
        BEHAVIOUR.get(how, unknown)(self, rest)

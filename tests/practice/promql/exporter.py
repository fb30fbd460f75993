"""A target to scrape: its page is whatever the test says it is at this request."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Page = Callable[[int], str | None]

PATIENCE: Final = 120.0  # seconds; only a hung machine takes longer


@dataclass
class Exporter:
    """`page` gets the number of the request, from 0; None is an HTTP 500."""

    page: Page
    address: str = ""
    requests: int = 0
    _news: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://{self.address}/metrics"

    def wait_for(self, requests: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: self.requests >= requests, PATIENCE)

    def next(self) -> str | None:
        with self._news:
            self.requests += 1
            self._news.notify_all()
            return self.page(self.requests - 1)


@contextmanager
def exporting(page: Page) -> Iterator[Exporter]:
    with _Server(page) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.exporter
        finally:
            server.shutdown()
            thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, page: Page) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.exporter = Exporter(page, f"127.0.0.1:{self.server_address[1]}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        page = cast("_Server", self.server).exporter.next()
        body = (page or "out of order").encode()
        self.send_response(500 if page is None else 200)
        self.send_header("content-type", "text/plain; version=0.0.4")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Tests are quiet."""

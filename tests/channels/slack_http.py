"""HTTP as Slack speaks it, and the ways it goes wrong on the way."""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from collections.abc import Callable

    Receive = Callable[[str, dict[str, object], str], "Reply"]

LONGEST_HANG = 60.0  # seconds; ended by the end of the server
DRIP = 0.02  # seconds between two bytes
FLOOD = b" " * 1_000_000


class Mishap(StrEnum):
    """`stored`: the message is there although the caller doesn't learn it."""

    BUSY = "429"
    BROKEN = "500"
    BROKEN_STORED = "500_stored"
    AWAY = "503"
    HANG = "hang"
    HANG_STORED = "hang_stored"
    DROP = "drop"  # stored, then the connection is closed without an answer
    DROP_UNSTORED = "drop_unstored"
    DRIP = "drip"  # stored, and the answer comes a byte at a time
    FLOOD = "flood"  # stored, and the answer does not end
    PAGE = "page"  # a web page instead of an answer
    REDIRECT = "redirect"  # to `elsewhere`


STORED: set[str] = {
    Mishap.BROKEN_STORED,
    Mishap.HANG_STORED,
    Mishap.DROP,
    Mishap.DRIP,
    Mishap.FLOOD,
}
ERRORS: dict[str, str] = {Mishap.BUSY: "ratelimited", Mishap.BROKEN: "internal_error"}
STATUS: dict[str, int] = {
    "ratelimited": 429,
    "used_url": 404,
    "invalid_payload": 400,
    Mishap.BUSY: 429,
    Mishap.BROKEN: 500,
    Mishap.BROKEN_STORED: 500,
    Mishap.AWAY: 503,
}


@dataclass(frozen=True)
class Reply:
    """What to answer, and how it is to go wrong (empty: not at all)."""

    mishap: str
    data: dict[str, object]
    scopes: frozenset[str]
    retry_after: int = 1


class Httpd(ThreadingHTTPServer):
    """Answers on loopback, a thread per call; `end` waits for all of them."""

    daemon_threads = False  # so that server_close() waits for them

    def __init__(self, address: tuple[str, int], receive: Receive) -> None:
        super().__init__(address, Handler)
        self.receive = receive
        self.stopping = threading.Event()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), name="slack")

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        self._thread.join()

    def handle_error(self, *_: object) -> None:
        """Callers that hang up early are part of the game."""


class Handler(BaseHTTPRequestHandler):
    server: Httpd
    timeout = 10

    def do_POST(self) -> None:
        self._handle()

    def do_GET(self) -> None:
        self._handle()

    def log_message(self, *_: object) -> None:
        """The request log of the server is the record."""

    def _handle(self) -> None:
        method = self.path.removeprefix("/api/").partition("?")[0]
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        reply = self.server.receive(method, self._arguments(), token)
        DEEDS.get(reply.mishap, Handler._answer)(self, reply)

    def _arguments(self) -> dict[str, object]:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        if body and "json" in self.headers.get("Content-Type", ""):
            return dict(json.loads(body))
        return dict(parse_qsl(body))

    def _answer(self, reply: Reply) -> None:
        status = STATUS.get(reply.mishap or str(reply.data.get("error")), 200)
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("X-OAuth-Scopes", ",".join(sorted(reply.scopes)))
        if status == 429:
            self.send_header("Retry-After", str(reply.retry_after))
        self.end_headers()
        self.wfile.write(json.dumps(reply.data).encode())

    def _hang(self, _: Reply) -> None:
        self.server.stopping.wait(LONGEST_HANG)

    def _drop(self, _: Reply) -> None:
        self.connection.shutdown(socket.SHUT_RDWR)

    def _drip(self, reply: Reply) -> None:
        # Complete in the end, so that only a caller with a deadline of its own gives up.
        body = json.dumps(reply.data).encode()
        for byte in b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + body:
            self.wfile.write(bytes([byte]))
            self.server.stopping.wait(DRIP)

    def _flood(self, _: Reply) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.stopping.is_set():
            self.wfile.write(FLOOD)

    def _page(self, _: Reply) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<html><title>Sign in to the network</title></html>")

    def _redirect(self, reply: Reply) -> None:
        self.send_response(302)
        self.send_header("Location", str(reply.data.get("elsewhere")))
        self.end_headers()


DEEDS: dict[str, Callable[[Handler, Reply], None]] = {
    Mishap.HANG: Handler._hang,
    Mishap.HANG_STORED: Handler._hang,
    Mishap.DROP: Handler._drop,
    Mishap.DROP_UNSTORED: Handler._drop,
    Mishap.DRIP: Handler._drip,
    Mishap.FLOOD: Handler._flood,
    Mishap.PAGE: Handler._page,
    Mishap.REDIRECT: Handler._redirect,
}

"""The way to Slack: slack-sdk's client over a connection that tells "never sent" from "lost".

Three habits of the SDK's own transport are wrong for a relay that must neither lose nor double:
it follows redirects and takes the token along, it lets an answer drip in for ever, and it does
not say whether a request that failed had left the house. Its retries are off: pace and retries
belong to the relay.
"""

from __future__ import annotations

import json
import logging
import ssl
import time
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from io import BufferedReader, RawIOBase
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler

from slack_sdk import WebClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from socket import socket
    from urllib.request import Request

    from _typeshed import WriteableBuffer

LONGEST_ANSWER = 16_000_000  # bytes; a page of 200 messages stays far below
NOT_SLACK = "not_slack"  # our own error name for an answer that is not a JSON object
# The SDK logs whole messages at DEBUG and every failure at ERROR; the relay says what matters.
SILENT = logging.getLogger("slack_sdk.silent")
SILENT.setLevel(logging.CRITICAL + 1)


class NeverSent(Exception):
    """No connection was made in time, so Slack has seen nothing of the request."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a verb waits: `call` seconds for each call, and none after `until` (monotonic)."""

    call: float
    until: float

    @classmethod
    def of(cls, call: float) -> Patience:
        """For a verb that begins now: two calls' worth in all, however many calls it makes."""
        return cls(call, time.monotonic() + 2 * call)

    def left(self) -> float:
        return min(self.call, self.until - time.monotonic())


class Wire(WebClient):
    """slack-sdk's client without retries, redirects and endless answers.

    Raises `NeverSent`, or `OSError` and `HTTPException` when the request may have arrived.
    """

    def __init__(
        self, token: str, base_url: str, opener: OpenerDirector, patience: Patience
    ) -> None:
        super().__init__(token=token, base_url=base_url, retry_handlers=[], logger=SILENT)
        self._opener = opener
        self._patience = patience

    def _perform_urllib_http_request_internal(
        self,
        url: str,
        req: Request,
    ) -> dict[str, object]:
        seconds = self._patience.left()
        if seconds <= 0:
            raise NeverSent("no time left for another call")
        with self._opener.open(req, timeout=seconds) as answer:
            body = answer.read(LONGEST_ANSWER + 1)
            headers = {name.lower(): value for name, value in answer.getheaders()}
        return {"status": answer.status, "headers": headers, "body": _object_or_error(body)}


def opener_for(base_url: str) -> OpenerDirector:
    """Built bare: no handler for redirects, none for files or FTP, none that hides a status.

    A proxy named by the environment is used, except for loopback addresses. Thread-safe.
    """
    opener = OpenerDirector()
    if not is_loopback(base_url):
        opener.add_handler(ProxyHandler())
    opener.add_handler(_PlainHandler())
    opener.add_handler(_TLSHandler())
    return opener


def is_loopback(base_url: str) -> bool:
    """True for `localhost` and loopback addresses: the only places plain HTTP may go."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _object_or_error(body: bytes) -> str:
    text = body.decode("utf-8", "replace")
    try:
        is_object = len(body) <= LONGEST_ANSWER and isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        is_object = False
    return text if is_object else json.dumps({"ok": False, "error": NOT_SLACK})


class _Until(RawIOBase):
    """Reads from a socket until a moment, however slowly the bytes drip in."""

    def __init__(
        self, sock: socket, raw: RawIOBase, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sock = sock
        self._raw = raw
        self._clock = clock
        self._end = clock() + (sock.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        left = self._end - self._clock()
        if left <= 0:
            raise TimeoutError("the answer was not complete in time")
        self._sock.settimeout(left)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Answer(HTTPResponse):
    def __init__(
        self,
        sock: socket,
        debuglevel: int = 0,
        method: str | None = None,
        url: str | None = None,
    ) -> None:
        super().__init__(sock, debuglevel, method, url)
        self.fp = BufferedReader(_Until(sock, self.fp.detach()))


class _Plain(HTTPConnection):
    response_class = _Answer

    def connect(self) -> None:
        _dial(self, super().connect)


class _TLS(HTTPSConnection):
    response_class = _Answer

    def connect(self) -> None:
        _dial(self, super().connect)


def _dial(connection: HTTPConnection, connect: Callable[[], None]) -> None:
    """Connect in time or not at all: name servers and many addresses can take longer than the
    timeout, and a message sent late could meet another sender. What is left is for the answer."""
    end = time.monotonic() + (connection.timeout or 0.0)
    try:
        connect()
    except (OSError, HTTPException) as error:
        raise NeverSent(str(error) or type(error).__name__) from None
    left = end - time.monotonic()
    if left <= 0:
        connection.close()
        raise NeverSent("connecting took too long")
    connection.sock.settimeout(left)


class _PlainHandler(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Plain, req)


class _TLSHandler(HTTPSHandler):
    def __init__(self) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(context=self._tls)

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_TLS, req, context=self._tls)

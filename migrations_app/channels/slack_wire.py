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
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from io import BufferedReader, RawIOBase
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler

from slack_sdk import WebClient

if TYPE_CHECKING:
    from socket import socket
    from urllib.request import Request

    from _typeshed import WriteableBuffer

LONGEST_ANSWER = 4_000_000  # bytes; a page of 200 messages stays far below
NOT_SLACK = "not_slack"  # our own error name for an answer that is not a JSON object
# The SDK logs whole messages at DEBUG and every failure at ERROR; the relay says what matters.
SILENT = logging.getLogger("slack_sdk.silent")
SILENT.setLevel(logging.CRITICAL + 1)


class NeverSent(Exception):
    """No connection was made, so Slack has seen nothing of the request."""


class Wire(WebClient):
    """slack-sdk's client without retries, redirects and endless answers.

    `seconds` bounds connecting and, separately, waiting for the whole answer. Raises `NeverSent`,
    or `OSError` and `HTTPException` when the request may have arrived. A proxy named by the
    environment is used, except for loopback addresses.
    """

    def __init__(self, token: str, base_url: str, seconds: float) -> None:
        super().__init__(token=token, base_url=base_url, retry_handlers=[], logger=SILENT)
        self._seconds = seconds
        self._opener = _opener(base_url)

    def _perform_urllib_http_request_internal(
        self,
        url: str,
        req: Request,
    ) -> dict[str, object]:
        with self._opener.open(req, timeout=self._seconds) as answer:
            body = answer.read(LONGEST_ANSWER + 1)
            headers = {name.lower(): value for name, value in answer.getheaders()}
        return {"status": answer.status, "headers": headers, "body": _object_or_error(body)}


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


def _opener(base_url: str) -> OpenerDirector:
    # Built bare: no handler for redirects, none for files or FTP, none that hides a status.
    opener = OpenerDirector()
    if not is_loopback(base_url):
        opener.add_handler(ProxyHandler())
    opener.add_handler(_PlainHandler())
    opener.add_handler(_TLSHandler())
    return opener


class _Until(RawIOBase):
    """Reads from a socket until a moment, however slowly the bytes drip in."""

    def __init__(self, sock: socket, raw: RawIOBase) -> None:
        self._sock = sock
        self._raw = raw
        self._end = time.monotonic() + (sock.gettimeout() or 0.0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        left = self._end - time.monotonic()
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
        try:
            super().connect()
        except (OSError, HTTPException) as error:
            raise NeverSent(str(error) or type(error).__name__) from None


class _TLS(HTTPSConnection):
    response_class = _Answer

    def connect(self) -> None:
        try:
            super().connect()
        except (OSError, HTTPException) as error:
            raise NeverSent(str(error) or type(error).__name__) from None


class _PlainHandler(HTTPHandler):
    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_Plain, req)


class _TLSHandler(HTTPSHandler):
    def __init__(self) -> None:
        self._tls = ssl.create_default_context()
        super().__init__(context=self._tls)

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(_TLS, req, context=self._tls)

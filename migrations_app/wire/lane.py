"""One keep-alive connection, one question at a time, and a way to cut it short.

It speaks through httpx's transport, below its client: nothing there follows redirects, keeps
cookies, or reads proxies and `.netrc` from the environment.
"""

from __future__ import annotations

import socket
import time
import zlib
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Protocol

import httpx

from migrations_app.wire.answer import Answer, TooLarge, Unreadable

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator, Mapping

    class _Stream(Protocol):
        def get_extra_info(self, info: str) -> socket.socket: ...


# Below the idle limits of common proxies (60 s and more), so that it is us who close.
_KEEPALIVE: Final = 30.0
# zlib's word for "gzip or zlib, whichever the first bytes say".
_GZIP_OR_ZLIB: Final = 47
_OPENED: Final = frozenset(
    {
        "connection.connect_tcp.complete",
        "connection.connect_unix_socket.complete",
        "connection.start_tls.complete",
    }
)
_SENDING: Final = "http11.send_request_headers.started"
_PHASES: Final = ("connect", "read", "write", "pool")


class Lane:
    """Belongs to one thread at a time; only `cut` may be called by another.

    `sent`: whether a part of the last request may have left us.
    """

    def __init__(self, context: ssl.SSLContext, limit: int, path: str | None = None) -> None:
        """`limit` in bytes of an answer; `path` of a UNIX socket instead of the address's host."""
        self._transport = httpx.HTTPTransport(
            verify=context,
            trust_env=False,
            uds=path,
            limits=httpx.Limits(
                max_connections=1, max_keepalive_connections=1, keepalive_expiry=_KEEPALIVE
            ),
        )
        self._limit = limit
        self._socket: socket.socket | None = None
        self._fresh = True
        self._cut = False
        self.sent = False

    def send(self, request: httpx.Request, deadline: float) -> Answer:
        """Ask and read to the end. Raises `httpx.TransportError`, `TooLarge`, `Unreadable`.

        Asks once more when a kept connection turns out to be dead: a server closes idle
        connections when it likes, and a question may be repeated without harm. What may not be
        repeated is sent on a lane of its own, which never has a kept connection.
        """
        self.sent = False
        begun = time.monotonic()
        try:
            response = self._begin(request, deadline)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            if self._fresh or self._cut:
                raise
            response = self._begin(request, deadline)
        try:
            return self._finish(response, begun, deadline)
        finally:
            response.close()

    def cut(self) -> None:
        """End what is under way, from another thread: a blocked read wakes up with an error."""
        self._cut = True
        if self._socket is not None:
            with suppress(OSError):
                # Not SSLSocket's own, which takes the TLS state from under the reading thread.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def close(self) -> None:
        self._transport.close()

    def _begin(self, request: httpx.Request, deadline: float) -> httpx.Response:
        left = max(0.001, deadline - time.monotonic())
        self._fresh = False
        request.extensions = {"timeout": dict.fromkeys(_PHASES, left), "trace": self._trace}
        return self._transport.handle_request(request)

    def _trace(self, event: str, info: Mapping[str, _Stream]) -> None:
        """httpcore reports each stage of an exchange; a new connection's socket is what we want."""
        if event == _SENDING:
            self.sent = True
        if event not in _OPENED:
            return
        self._fresh = True
        self._socket = info["return_value"].get_extra_info("socket")
        if self._cut:  # asked to stop while there was no socket yet
            self.cut()

    def _finish(self, response: httpx.Response, begun: float, deadline: float) -> Answer:
        body = bytearray()
        for piece in _unpacked(response, self._limit):
            body += piece
            if len(body) > self._limit:
                raise TooLarge
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout("the answer came too slowly")
        headers = {name.lower(): value for name, value in response.headers.items()}
        seconds = time.monotonic() - begun
        return Answer(response.status_code, headers, bytes(body), seconds)


def _unpacked(response: httpx.Response, limit: int) -> Iterator[bytes]:
    """The body in pieces, none longer than `limit` + 1, whatever a compressed one swells to."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding == "identity":
        yield from response.iter_raw()
        return
    if encoding not in {"gzip", "x-gzip", "deflate"}:
        raise Unreadable(encoding)
    decoder = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        for packed in response.iter_raw():
            yield decoder.decompress(packed, limit + 1)
    except zlib.error as error:
        raise Unreadable(encoding) from error

"""A door that shakes hands and says nothing; its certificate can be exchanged."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator


class Door:
    """Listens on a port of its own until closed. Without a `context` it takes connections only."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.context = context
        self._open = threading.Event()
        self._open.set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    @property
    def port(self) -> int:
        port: int = self._listener.getsockname()[1]
        return port

    @contextmanager
    def silent(self) -> Iterator[None]:
        """The kernel takes connections, nobody shakes hands."""
        self._open.clear()
        try:
            yield
        finally:
            self._open.set()

    def close(self) -> None:
        self._open.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._meet, args=(plain,), daemon=True).start()

    def _meet(self, plain: socket.socket) -> None:
        self._open.wait()
        with plain, suppress(OSError):
            if self.context is None:
                plain.recv(1)
                return
            with self.context.wrap_socket(plain, server_side=True) as secured:
                secured.recv(1)

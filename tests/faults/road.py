"""A TCP road to a server on which packets get lost, in either direction, without a word."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE = 65_536


class Road:
    """`there` and `back`: whether what is sent that way arrives. Nothing is ever reset."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.there = self.back = True
        self._target = target
        self._door = socket.create_server(("127.0.0.1", 0))
        self._links: list[socket.socket] = []
        threading.Thread(target=self._open, daemon=True).start()

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self._door.getsockname()[1]}"

    def close(self) -> None:
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for link in self._links:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            link.close()

    def _open(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.create_connection(self._target)
                self._links += [near, far]
                for way in ((near, far, "there"), (far, near, "back")):
                    threading.Thread(target=self._carry, args=way, daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket, way: str) -> None:
        with suppress(OSError):
            while piece := source.recv(PIECE):
                if getattr(self, way):
                    sink.sendall(piece)
            if getattr(self, way):
                sink.shutdown(socket.SHUT_WR)


@contextmanager
def road(address: str) -> Iterator[Road]:
    """To a `tcp://` address, until the end of the block."""
    host, port = address.removeprefix("tcp://").rsplit(":", 1)
    made = Road((host, int(port)))
    try:
        yield made
    finally:
        made.close()

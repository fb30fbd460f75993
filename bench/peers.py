"""Servers of one stream with many viewers: how each is started, watched, and given an event."""

from __future__ import annotations

import http.client
import shutil
import sys
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.process import PATIENCE_S, Process
from migrations_app.practice.ports import HOST, free_port, is_free

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from bench.picture import Picture

ROOT = Path(__file__).resolve().parent.parent
MODULES = (Path("/usr/lib/nginx/modules"), Path("/usr/lib64/nginx/modules"))
NCHAN = "ngx_nchan_module.so"


@dataclass
class Peer(ABC):
    """One server. `directory` is its own; `start` returns when it answers."""

    name: str
    directory: Path
    picture: Picture
    port: int = field(default_factory=free_port)
    process: Process | None = None
    cookies: list[str] = field(default_factory=list)
    """What each viewer was given when they were here before."""

    @abstractmethod
    def command(self) -> Sequence[str]: ...

    @abstractmethod
    def body(self, mark: str) -> bytes:
        """What is posted to publish `mark`."""

    def environment(self) -> dict[str, str]:
        return {"PYTHONPATH": str(ROOT)}

    def start(self) -> Peer:
        self.directory.mkdir(parents=True, exist_ok=True)
        log = self.directory / f"{self.name}.log"
        self.process = Process.start(self.command(), log, self.environment())
        until = time.monotonic() + PATIENCE_S
        while is_free(self.port):
            assert self.process.popen.poll() is None, log.read_text(encoding="utf-8")
            assert time.monotonic() < until, f"{self.name} does not listen"
            time.sleep(0.02)
        self.link = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE_S)
        return self

    def stop(self) -> None:
        if self.process is not None:
            self.process.stop()

    def request(self, number: int) -> str:
        """What viewer `number` sends to watch."""
        return self.get("/stream", {"X-Viewer": str(number)})

    def get(self, path: str, headers: Mapping[str, str]) -> str:
        """A request as it goes over the wire."""
        told = {"Host": f"{HOST}:{self.port}", "Accept": "text/event-stream", **headers}
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
        return "\r\n".join([*lines, "", ""])

    def publish(self, mark: str) -> None:
        """Give the server an event. Returns when it says that it has it."""
        self.link.request("POST", "/publish", self.body(mark))
        answer = self.link.getresponse()
        answer.read()
        assert answer.status < 300, answer.status


class Said(Peer):
    """Makes an event of a text itself."""

    def body(self, mark: str) -> bytes:
        return self.picture.said(mark)


def uvicorn(python: Path, app: str, port: int) -> list[str]:
    """As we are started, without a log."""
    where = ["--host", HOST, "--port", str(port)]
    manner = ["--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "3"]
    return [str(python), "-m", "uvicorn", app, *where, *manner]


class Hub(Said):
    """Our hub, without a database behind it."""

    def command(self) -> Sequence[str]:
        return uvicorn(Path(sys.executable), "bench.apps.hub_app:app", self.port)


@dataclass
class Starlette(Peer):
    """A bare async generator with a queue per viewer."""

    python: Path = Path(sys.executable)

    def command(self) -> Sequence[str]:
        return uvicorn(self.python, "bench.apps.starlette_app:app", self.port)

    def body(self, mark: str) -> bytes:
        return self.picture.frame(mark)


@dataclass
class EventStream(Said):
    """django-eventstream."""

    python: Path = Path(sys.executable)

    def command(self) -> Sequence[str]:
        return uvicorn(self.python, "bench.apps.eventstream_app:app", self.port)


def nchan_module() -> Path | None:
    """nginx's module for streams, if it is installed."""
    if shutil.which("nginx") is None:
        return None
    return next((at / NCHAN for at in MODULES if (at / NCHAN).exists()), None)


class Nchan(Said):
    """nginx with nchan, one worker."""

    def command(self) -> Sequence[str]:
        config = self.directory / "nginx.conf"
        config.write_text(self._config(), encoding="utf-8")
        nginx = str(shutil.which("nginx"))
        return [
            nginx,
            "-p",
            str(self.directory),
            "-c",
            str(config),
            "-e",
            str(self.directory / "e"),
        ]

    def _config(self) -> str:
        return f"""
load_module {nchan_module()};
worker_processes 1;
daemon off;
worker_rlimit_nofile 20000;
pid {self.directory}/pid;
events {{ worker_connections 19000; }}
http {{
  access_log off;
  client_body_temp_path {self.directory}/body;
  proxy_temp_path {self.directory}/proxy;
  fastcgi_temp_path {self.directory}/fastcgi;
  uwsgi_temp_path {self.directory}/uwsgi;
  scgi_temp_path {self.directory}/scgi;
  client_max_body_size 1m;
  client_body_buffer_size 1m;
  nchan_max_reserved_memory 256m;
  server {{
    listen {HOST}:{self.port} backlog=4096;
    location /stream {{ nchan_subscriber eventsource; nchan_channel_id room;
                        nchan_subscriber_first_message newest; }}
    location /publish {{ nchan_publisher; nchan_channel_id room;
                         nchan_message_buffer_length 1; }}
  }}
}}
"""

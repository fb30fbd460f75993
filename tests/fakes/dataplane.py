"""HAProxy's Data Plane API for tests: what it does about weights in version 3.4, by its source.

Basic authentication; running servers whose `weight` can be changed and whose other numbers can't;
a configuration file with a version, which refuses a change made for another one (409) and carries a
change of nothing but a weight over to the running server, and only if it is one.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.wire.desk import desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.desk import Hand

BASE = "/v3/services/haproxy"
RUNNING = re.compile(rf"{BASE}/runtime/backends/([^/]+)/servers(?:/([^/]+))?")
KEPT = re.compile(rf"{BASE}/configuration/backends/([^/]+)(?:/servers/([^/]+))?")
LOGIN = "Basic " + base64.b64encode(b"warroom:s3cret $x").decode()


class Refusal(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code, self.message = code, message


@dataclass
class Dataplane:
    """One backend, `app`: `weights` of running servers, and `file` as it would be loaded."""

    weights: dict[str, int] = field(default_factory=lambda: {"blue": 100, "green": 0})
    file: dict[str, dict[str, Any]] = field(default_factory=dict)
    version: int = 7
    states: dict[str, tuple[str, str]] = field(default_factory=dict)
    backend: dict[str, Any] = field(default_factory=lambda: {"name": "app", "mode": "http"})
    sessions: dict[str, int] = field(default_factory=dict)
    old: bool = False  # before 3.3.1: neither tells nor takes weights
    deaf: bool = False
    busy: bool = False
    broken_file: bool = False
    log: list[tuple[str, str, Any]] = field(default_factory=list)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def deed(self, hand: Hand) -> None:
        heard = hand.desk.heard[-1]
        try:
            _admit(heard.headers)
            with self._lock:
                told = self._answer(heard.method, heard.path, heard.body)
        except Refusal as error:
            body = {"code": error.code, "message": error.message}
            hand.say(error.code, json.dumps(body).encode())
            return
        if self.busy and heard.method == "PUT":
            hand.say(429, b"", retry_after="5")
        elif self.deaf and heard.method == "PUT":
            hand.hang()
        else:
            hand.say(200, json.dumps(told).encode())

    def edit(self) -> None:
        """Somebody else changes something in the file."""
        self.version += 1

    def _answer(self, method: str, target: str, body: bytes) -> Any:
        parts = urlsplit(target)
        if parts.path == f"{BASE}/configuration/version":
            return self.version
        if parts.path == f"{BASE}/stats/native":
            return self._numbers(parse_qs(parts.query))
        if found := RUNNING.fullmatch(parts.path):
            return self._running(method, found[1], found[2], body)
        if found := KEPT.fullmatch(parts.path):
            return self._kept(method, (found[1], found[2]), parts.query, body)
        raise Refusal(404, f"path {parts.path} was not found")

    def _numbers(self, asked: dict[str, list[str]]) -> Any:
        assert asked == {"type": ["server"], "parent": ["app"]}
        stats = [
            {"name": name, "type": "server", "backend_name": "app", "stats": {"scur": number}}
            for name, number in self.sessions.items()
        ]
        return {"stats": stats, "runtimeAPI": "/run/haproxy.sock"}

    def _running(self, method: str, backend: str, name: str | None, body: bytes) -> Any:
        if backend != "app":
            raise Refusal(404, f"no such backend {backend}")
        if name is None:
            return [self._shown(one) for one in self.weights]
        if name not in self.weights:
            raise Refusal(404, f"Runtime server {name} not found in backend {backend}")
        if method == "PUT":
            self._run(name, json.loads(body))
        return self._shown(name)

    def _run(self, name: str, asked: dict[str, Any]) -> None:
        self.log.append(("run", name, asked))
        weight = asked.get("weight")
        if self.old or weight is None or weight == self.weights[name]:
            return
        if not 0 <= weight <= 256:
            raise Refusal(500, "bad request")
        self.weights[name] = weight
        assert any(self.weights.values()), "nobody would answer now"

    def _shown(self, name: str) -> dict[str, Any]:
        operational, administrative = self.states.get(name, ("up", "ready"))
        shown = {
            "name": name, "id": "1", "address": "10.0.0.1", "port": 8080, "backend_name": "app",
            "operational_state": operational, "admin_state": administrative,
        }  # fmt: skip
        if self.old:
            return shown
        weight = self.weights[name]
        return {**shown, "weight": weight, "uweight": weight, "iweight": 100}

    def _kept(self, method: str, where: tuple[str, str | None], query: str, body: bytes) -> Any:
        backend, name = where
        if self.broken_file:
            raise Refusal(500, "the configuration file is not valid")
        if backend != "app" or (name is not None and name not in self.file):
            raise Refusal(404, f"missing object: {name or backend}")
        if name is None:
            return self.backend
        if method == "PUT":
            self._write(name, parse_qs(query), json.loads(body))
        return self.file[name]

    def _write(self, name: str, asked: dict[str, list[str]], server: dict[str, Any]) -> None:
        given = asked.get("version", ["0"])[0]
        if given != str(self.version):
            told = f"version in configuration file is {self.version}, given version is {given}"
            raise Refusal(409, f"version mismatch: {told}")
        assert server.keys() >= self.file[name].keys(), "a server is replaced as a whole"
        self.log.append(("keep", name, server["weight"]))
        changed = server["weight"] != self.file[name].get("weight")
        self.file[name] = server
        self.version += 1
        if changed:
            self._run(name, {"weight": server["weight"]})


def _admit(headers: dict[str, str]) -> None:
    if headers.get("authorization") != LOGIN:
        raise Refusal(401, "unauthorized")


@contextmanager
def dataplane(**given: Any) -> Iterator[Dataplane]:
    """On a free port of the loopback address."""
    plane = Dataplane(**given)
    plane.file = plane.file or {
        name: {"name": name, "address": "10.0.0.1", "port": 8080, "check": "enabled"}
        for name in plane.weights
    }
    with desk(plane.deed) as running:
        plane.url = running.url
        yield plane

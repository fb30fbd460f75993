"""NGINX Plus for tests: the part of its API version 9 that moves weights, refusing as documented.

Made from https://nginx.org/en/docs/http/ngx_http_api_module.html: error codes, their statuses, the
shape of errors, what may be changed and what may not.
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.wire.desk import desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.wire.desk import Hand

PATHS = re.compile(r"/api/(\d+)/http/upstreams/([^/]+)(/servers(?:/([^/]*))?)?/?")
FIXED = {"id", "backup", "service", "server"}
KNOWN = {"weight", "max_conns", "max_fails", "fail_timeout", "slow_start", "route", "down", "drain"}


class Refusal(Exception):
    def __init__(self, status: int, code: str, text: str) -> None:
        super().__init__(text)
        self.status, self.code, self.text = status, code, text


@dataclass
class Server:
    server: str
    id: int
    weight: int = 1
    down: bool = False
    drain: bool = False
    backup: bool = False
    active: int = 0
    ill: str = ""
    immutable: bool = False

    @property
    def state(self) -> str:
        return "down" if self.down else "draining" if self.drain else self.ill or "up"

    def peer(self) -> dict[str, Any]:
        keys = ("id", "server", "backup", "weight", "state", "active")
        return {"name": self.server, **{key: getattr(self, key) for key in keys}, "requests": 0}

    def conf(self) -> dict[str, Any]:
        keys = ("id", "server", "weight", "backup", "down")
        told = {"max_conns": 0, "max_fails": 1, "fail_timeout": "10s", "slow_start": "0s"}
        shown = {**{key: getattr(self, key) for key in keys}, **told}
        return shown | ({"drain": True} if self.drain else {})


@dataclass
class NginxPlus:
    """One upstream, `app`. `static`: without a zone. `writable`: `api write=on`."""

    servers: list[Server] = field(default_factory=list)
    static: bool = False
    writable: bool = True
    login: str = ""  # the Authorization header it wants
    deaf: bool = False  # takes changes without a word
    lying: bool = False  # says it took them, and did not
    busy: bool = False
    log: list[tuple[str, Any]] = field(default_factory=list)
    url: str = ""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, address: str) -> Server:
        return next(one for one in self.servers if one.server == address)

    def reload(self) -> None:
        """Ids are given anew."""
        for number, one in enumerate(reversed(self.servers), start=100):
            one.id = number

    def dark(self) -> bool:
        """Whether nobody would answer a client now."""
        return all(one.down or one.drain or one.backup for one in self.servers)

    def deed(self, hand: Hand) -> None:
        heard = hand.desk.heard[-1]
        try:
            self._admit(heard.headers)
            with self._lock:
                told = self._answer(heard.method, heard.path, heard.body)
        except Refusal as error:
            body = {"status": error.status, "text": error.text, "code": error.code}
            hand.say(error.status, json.dumps({"error": body, "request_id": "1"}).encode())
            return
        if self.deaf and heard.method == "PATCH":
            hand.hang()
        elif self.busy:
            hand.say(429, b"", retry_after="3")
        else:
            hand.say(200, json.dumps(told, separators=(",", ":")).encode())

    def _admit(self, headers: dict[str, str]) -> None:
        if self.login and headers.get("authorization") != self.login:
            raise Refusal(401, "Unauthorized", "401 Authorization Required")

    def _answer(self, method: str, path: str, body: bytes) -> Any:
        found = PATHS.fullmatch(path)
        if not found or not 3 <= int(found[1]) <= 9:
            raise Refusal(404, "UnknownVersion", "unknown version")
        if found[2] != "app":
            raise Refusal(404, "UpstreamNotFound", "upstream not found")
        if not found[3]:
            return {"peers": [one.peer() for one in self.servers], "zone": "app", "keepalive": 0}
        if self.static:
            raise Refusal(400, "UpstreamStatic", "upstream is static")
        if not found[4]:
            return self._listed(method)
        server = self._server(found[4])
        return server.conf() if method == "GET" else self._patched(method, server, body)

    def _listed(self, method: str) -> Any:
        if method != "GET":
            raise Refusal(405, "MethodDisabled", "method disabled")
        return [one.conf() for one in self.servers]

    def _server(self, number: str) -> Server:
        if not number.isdigit():
            raise Refusal(400, "UpstreamBadServerId", "invalid server id")
        for one in self.servers:
            if one.id == int(number):
                return one
        raise Refusal(404, "UpstreamServerNotFound", f'server with id "{number}" not found')

    def _patched(self, method: str, server: Server, body: bytes) -> Any:
        if method != "PATCH" or not self.writable:
            raise Refusal(405, "MethodDisabled", "method disabled")
        try:
            asked = json.loads(body)
        except ValueError:
            raise Refusal(415, "JsonError", "json error") from None
        self._check(server, asked)
        self.log.append((server.server, asked))
        if not self.lying:
            for key, value in asked.items():
                setattr(server, key, value)
        assert not self.dark(), "nobody would answer now"
        return server.conf()

    def _check(self, server: Server, asked: Any) -> None:
        for name, value in asked.items():
            if name in FIXED:
                raise Refusal(400, "UpstreamServerImmutable", f'server "{name}" is immutable')
            if name not in KNOWN or isinstance(value, dict | list):
                raise Refusal(400, "UpstreamConfFormatError", f'unknown parameter "{name}"')
            if name in {"down", "drain"} and not isinstance(value, bool):
                raise Refusal(400, "UpstreamConfFormatError", f'invalid "{name}" value')
        weight = asked.get("weight", 1)
        if isinstance(weight, bool) or not isinstance(weight, int) or weight < 1:
            raise Refusal(400, "UpstreamBadWeight", "invalid weight")
        if server.immutable and "weight" in asked:
            raise Refusal(400, "UpstreamServerWeightImmutable", "server weight is immutable")


@contextmanager
def nginx_plus(**given: Any) -> Iterator[NginxPlus]:
    """Two servers, BLUE up and GREEN down, on a free port of the loopback address."""
    plane = NginxPlus(**given)
    plane.servers = plane.servers or [
        Server("10.0.0.1:8080", 0),
        Server("10.0.0.2:8080", 1, down=True),
    ]
    with desk(plane.deed) as running:
        plane.url = f"{running.url}/api"
        yield plane

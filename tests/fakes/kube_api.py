"""A fake Kubernetes API server on loopback: REST paths, versions, patches, rights, and mishaps.

with KubeApi() as api:
    api.store.create(Key("networking.istio.io", "virtualservices", "prod", "shop"), "v1", {...})
    with api.going_wrong("unheard"):
        ...
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.fakes.json_patch import Inapplicable, Undecodable, merged, patched
from tests.fakes.kube_store import Key, Refused, Store
from tests.fakes.kube_watch import events

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TOKEN = "a-service-account-token"
PATH = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>v[^/]+)/namespaces/(?P<namespace>[^/]+)"
    r"/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?(?:/(?P<below>status))?"
)
LONGEST_HANG = 60.0  # seconds; ended by the end of the server
# Of requests that change something: stored and not answered; said to be done and not done; refused.
UNHEARD, LIE, BUSY, BROKEN = "unheard", "lie", "busy", "broken"
FAILURES = {
    BUSY: Refused(429, "TooManyRequests", "Too many requests, please try again later."),
    BROKEN: Refused(500, "InternalError", "etcdserver: request timed out"),
}
JSON, MERGE, STRATEGIC = (
    f"application/{kind}-patch+json" for kind in ("json", "merge", "strategic-merge")
)
MUTE = "mute"  # no request is answered at all


@dataclass(frozen=True)
class Seen:
    """One request; `body` as it was sent."""

    method: str
    path: str
    params: dict[str, str]
    media_type: str
    body: Any


@dataclass
class KubeApi:
    """`rights`: pairs of verb and kind (`rollouts.argoproj.io/status`), None for all of them.
    `meddling`: what others do, one each, just before our next patches arrive."""

    store: Store = field(default_factory=Store)
    token: str = TOKEN
    rights: set[tuple[str, str]] | None = None
    mishap: str = ""
    seen: list[Seen] = field(default_factory=list)
    meddling: list[Callable[[], object]] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.over = threading.Event()
        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._httpd.daemon_threads = True
        self._httpd.api = self  # type: ignore[attr-defined] # the handler's way back to us
        self._thread = threading.Thread(target=self._httpd.serve_forever, args=(0.02,))
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self._httpd.shutdown()
        self._httpd.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._httpd.server_port}"

    @property
    def writes(self) -> list[Seen]:
        """What was sent to change something, dry runs not among them."""
        return [one for one in self.seen if one.method != "GET" and "dryRun" not in one.params]

    @contextmanager
    def going_wrong(self, mishap: str) -> Iterator[Self]:
        self.mishap = mishap
        try:
            yield self
        finally:
            self.mishap = ""

    def answer(self, asked: Seen, token: str) -> tuple[int, Any]:
        """Status and body for one request."""
        self.seen.append(asked)
        try:
            return 200, self._answer(asked, token)
        except Refused as refused:
            return refused.status, {
                "kind": "Status", "status": "Failure", "reason": refused.reason,
                "message": str(refused), "code": refused.status,
            }  # fmt: skip

    def _answer(self, asked: Seen, token: str) -> Any:
        if token != self.token:
            raise Refused(401, "Unauthorized", "Unauthorized")
        found = PATH.fullmatch(asked.path)
        if not found:
            raise Refused(404, "NotFound", "the server could not find the requested resource")
        part = {name: found[name] or "" for name in ("group", "plural", "namespace", "name")}
        key, below = Key(**part), found["below"] or ""
        self._permit({"GET": "get", "PATCH": "patch"}.get(asked.method, ""), key, below)
        if asked.method == "PATCH":
            return self._patch(asked, key, status=bool(below))
        return self.store.get(key) if key.name else {"items": self._listed(key, asked.params)}

    def watch(self, asked: Seen, token: str) -> Iterator[Any]:
        """What a controller is told when it watches: everything, a bookmark, then changes."""
        found = PATH.fullmatch(asked.path)
        if token == self.token and found:
            yield from events(self.store, found, self.over)

    def _permit(self, verb: str, key: Key, below: str) -> None:
        verb = verb if key.name else "list"
        kind = f"{key.kind}/{below}" if below else key.kind
        if self.rights is not None and (verb, kind) not in self.rights:
            raise Refused(403, "Forbidden", f'{kind} is forbidden: User "warroom" cannot {verb} it')

    def _listed(self, key: Key, params: dict[str, str]) -> list[Any]:
        found = self.store.list(key.group, key.plural, key.namespace)
        if "fieldSelector" in params:
            name = params["fieldSelector"].removeprefix("metadata.name=")
            found = [one for one in found if one["metadata"]["name"] == name]
        wanted = params.get("labelSelector", "")
        return [one for one in found if fits(one["metadata"].get("labels", {}), wanted)]

    def _patch(self, asked: Seen, key: Key, *, status: bool) -> Any:
        if self.mishap in FAILURES:
            raise FAILURES[self.mishap]
        if self.mishap == LIE:
            return self.store.get(key)
        if self.meddling:
            self.meddling.pop(0)()
        apply = self._application(asked.media_type, key)
        manager = asked.params.get("fieldManager", "kubectl")
        try:
            return self.store.change(
                key, lambda obj: apply(obj, asked.body), status=status,
                dry=asked.params.get("dryRun") == "All", by=manager,
            )  # fmt: skip
        except Undecodable as error:
            raise Refused(400, "BadRequest", str(error)) from None
        except Inapplicable as error:
            raise Refused(422, "Invalid", f"the server rejected our request: {error}") from None

    def _application(self, kind: str, key: Key) -> Callable[[Any, Any], Any]:
        """How a patch of this media type is applied."""
        if kind == STRATEGIC and key.group:
            raise Refused(415, "UnsupportedMediaType", "not supported for custom resources")
        if kind not in {JSON, MERGE, STRATEGIC}:
            raise Refused(415, "UnsupportedMediaType", f"unsupported media type {kind}")
        return patched if kind == JSON else merged


def fits(labels: dict[str, str], selector: str) -> bool:
    """`a=b,c in (d,e)`."""
    for term in re.split(r",(?![^(]*\))", selector):
        key, _, values = term.partition(" in ")
        key, _, value = term.partition("=") if not values else (key, "", "")
        wanted = values.strip("()").split(",") if values else [value]
        if term and labels.get(key) not in wanted:
            return False
    return True


class Handler(BaseHTTPRequestHandler):
    timeout = 60

    @property
    def api(self) -> KubeApi:
        return self.server.api  # type: ignore[attr-defined,no-any-return] # see KubeApi.__enter__

    def do_GET(self) -> None:
        self._handle()

    def do_PATCH(self) -> None:
        self._handle()

    def log_message(self, *_: object) -> None:
        """`seen` is the record."""

    def _handle(self) -> None:
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = Seen(
            self.command, unquote(url.path), dict(parse_qsl(url.query)),
            self.headers.get("Content-Type", ""), json.loads(body) if body else None,
        )  # fmt: skip
        if self.api.mishap == MUTE:
            self.api.over.wait(LONGEST_HANG)
            return
        if asked.params.get("watch") == "true":
            self._stream(asked)
            return
        status, told = self.api.answer(asked, self._token())
        if self.command == "PATCH" and self.api.mishap == UNHEARD:
            return
        self._say(status, json.dumps(told).encode())

    def _token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")

    def _stream(self, asked: Seen) -> None:
        """Events, a line each, until either side has had enough."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        with suppress(OSError):
            for event in self.api.watch(asked, self._token()):
                self.wfile.write(json.dumps(event).encode() + b"\n")

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        if status == 429:
            self.send_header("Retry-After", "1")
        self.end_headers()
        self.wfile.write(body)

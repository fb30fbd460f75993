"""A server on loopback that behaves as Slack does, goes wrong as Slack does, and remembers all.

    with SlackServer() as slack:
        slack.fail_next("429", times=2)
        ...
        assert [one.text for one in slack.messages("#war-room")] == [...]

`fail_next` takes a `Mishap` (tests/channels/slack_http.py) or any of Slack's own error names.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from tests.channels.slack_desk import Desk, Ko
from tests.channels.slack_http import ERRORS, STORED, Httpd, Reply
from tests.channels.slack_workspace import ALL_SCOPES, Posted, Room, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from ssl import SSLContext

HOOKS = "/hooks/"
TOKEN = "xoxb-0000-a-token-of-the-local-server"


@dataclass(frozen=True)
class Request:
    """One call received: `at` in monotonic seconds, `outcome` "ok", an error or a mishap; `answer`
    is what Slack said, or would have said."""

    method: str
    arguments: dict[str, object]
    token: str
    at: float
    outcome: str
    answer: dict[str, object]


@dataclass(frozen=True)
class Scripted:
    kind: str
    method: str
    retry_after: int


class SlackServer:
    """Rooms `#war-room` (C0WARROOM) unless told otherwise; `paced` enforces one post a second
    per room. Can be stopped and started again at the same address, keeping what it knows."""

    def __init__(
        self,
        *,
        rooms: Sequence[Room] = (),
        scopes: frozenset[str] = ALL_SCOPES,
        paced: bool = False,
        tls: SSLContext | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.workspace = Workspace(list(rooms) or [Room("C0WARROOM", "war-room")], scopes)
        self.requests: list[Request] = []
        self.elsewhere = ""
        self.token = TOKEN
        self.paced = paced
        self._tls = tls
        self._clock = clock
        self._port = 0
        self._scripted: list[Scripted] = []
        self._posts: dict[str, float] = {}
        self._lock = threading.Lock()
        self._httpd: Httpd | None = None

    @property
    def url(self) -> str:
        """What goes into `base_url`."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}/api/"

    @property
    def pins(self) -> list[tuple[str, str]]:
        return list(self.workspace.pins)

    def messages(self, channel: str = "#war-room") -> list[Posted]:
        """Everything in a room and its threads, oldest first."""
        room = self.workspace.find_room(channel)
        return [one for one in self.workspace.posted if room and one.room == room.id]

    def fail_next(
        self, kind: str, times: int = 1, *, method: str = "", retry_after: int = 1
    ) -> None:
        """The next `times` calls (of `method`, or of any) go wrong."""
        self._scripted += [Scripted(kind, method, retry_after)] * times

    def start(self) -> Self:
        self._httpd = Httpd(("127.0.0.1", self._port), self.receive)
        if self._tls:
            self._httpd.socket = self._tls.wrap_socket(self._httpd.socket, server_side=True)
        self._port = self._httpd.server_port
        self._httpd.begin()
        return self

    def stop(self) -> None:
        """Ends hanging answers too; harmless when stopped already."""
        httpd, self._httpd = self._httpd, None
        if httpd:
            httpd.end()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def hooks(self) -> str:
        """Where the addresses begin that a click is answered at."""
        return self.url.removesuffix("api/") + "hooks/"

    @property
    def people(self) -> Desk:
        """Who presses, what is opened for them and what they are told."""
        return self.workspace.people

    def receive(self, method: str, arguments: dict[str, object], token: str) -> Reply:
        """Decide, do and remember one call."""
        with self._lock:
            mishap = self._due(method)
            data = self._answer(mishap, method, arguments, token)
            outcome = mishap.kind if mishap else str(data.get("error", "ok"))
            self.requests.append(Request(method, arguments, token, self._clock(), outcome, data))
        if mishap is None:
            return Reply("", data, self.workspace.scopes)
        return Reply(mishap.kind, data, self.workspace.scopes, mishap.retry_after)

    def _answer(
        self, mishap: Scripted | None, method: str, arguments: dict[str, object], token: str
    ) -> dict[str, object]:
        if mishap and mishap.kind not in STORED:
            error = ERRORS.get(mishap.kind, mishap.kind)
            return {"ok": False, "error": error, "elsewhere": self.elsewhere}
        try:
            if method.startswith(HOOKS):
                return self.people.answered(method.removeprefix(HOOKS), arguments)
            self._admit(method, arguments, token)
            return self.workspace.call(method, arguments)
        except Ko as ko:
            return ko.data

    def _admit(self, method: str, arguments: dict[str, object], token: str) -> None:
        if token != self.token:
            raise Ko("invalid_auth" if token else "not_authed")
        if not (self.paced and method == "chat.postMessage"):
            return
        room, now = str(arguments.get("channel")), self._clock()
        if now - self._posts.get(room, float("-inf")) < 1.0:
            raise Ko("ratelimited")
        self._posts[room] = now

    def _due(self, method: str) -> Scripted | None:
        due = next((one for one in self._scripted if one.method in {"", method}), None)
        if due:
            self._scripted.remove(due)
        return due

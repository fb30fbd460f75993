"""A shelf without a database: pages that a test lays out, and a count of who asked for them."""

from __future__ import annotations

import threading
from collections import Counter as Tally
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from migrations_app.live.counter import Counter
from migrations_app.live.mirror import Found, Mirror
from migrations_app.live.shelf import Away, Rendered, Shelf

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from migrations_app.live.viewer import Message, Send

NOT_FOUND = b"There is no such page."


@dataclass
class Desk:
    """What the database would say. `asked` counts its questions, `drawn` what was rendered."""

    place: Path
    pages: dict[str, Found] = field(default_factory=dict)
    away: bool = False
    asked: Tally[str] = field(default_factory=Tally)
    drawn: Tally[str] = field(default_factory=Tally)
    answers: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.answers.set()

    def publish(self, key: str, says: str, **changes: Any) -> None:
        self.pages[key] = Found({"says": says}, f"etag of {says}", **({"listed": True} | changes))

    def shelf(self) -> Shelf:
        return Shelf(self._look, self._draw, Mirror(self.place))

    def _look(self, key: str) -> Found | None:
        self.asked[key] += 1
        assert self.answers.wait(20), "nobody let the database answer"
        if self.away:
            raise Away
        return self.pages.get(key)

    def _draw(self, found: Found, since: datetime | None) -> Mapping[str, Rendered]:
        says = str(found.said["says"])
        self.drawn[says] += 1
        body = says if since is None else f"{says}, as of {since.isoformat()}"
        etag = found.etag if since is None else f"{found.etag}-{since.isoformat()}"
        return {
            "": Rendered(body.encode(), "text/html; charset=utf-8", etag),
            "status.json": Rendered(f'"{body}"'.encode(), "application/json", f"{etag}-json"),
        }


@dataclass
class Answer:
    """What a client received."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    async def receive(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {k.decode().lower(): v.decode() for k, v in message["headers"]}
        else:
            self.body += message["body"]


def address(path: str) -> tuple[str, str] | None:
    """`/<key>/<form>`; what does not begin with `/p-` is no public page."""
    key, _, form = path.removeprefix("/").partition("/")
    return (key, form) if key.startswith("p-") else None


class House:
    """A counter before an application that finds nothing, and remembers who came that far."""

    def __init__(self, shelf: Shelf) -> None:
        self.let_through: list[tuple[str, str]] = []
        self.counter = Counter(self._application, shelf, address)

    async def _application(self, scope: dict[str, Any], _: object, send: Send) -> None:
        self.let_through.append((scope.get("method", scope["type"]), scope.get("path", "")))
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": NOT_FOUND})

    async def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        raw = [(k.replace("_", "-").encode(), v.encode()) for k, v in headers.items()]
        scope = {"type": "http", "method": method, "path": path, "headers": raw}
        answer = Answer()
        await self.counter(scope, _nothing, answer.receive)
        return answer


async def _nothing() -> Message:
    return {"type": "http.disconnect"}

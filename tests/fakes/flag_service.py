"""What all our copies of flag services have in common: a login, a throttle, and the vendor's own
document, against which every request and every answer is held where it is at hand."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple
from urllib.parse import parse_qs, urlsplit

from tests.wire.desk import desk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from decimal import Decimal

    from tests.fakes.openapi import Spec
    from tests.wire.desk import Hand

TOKEN = "the-token-of-tests"


class Asked(NamedTuple):
    method: str
    path: str
    body: Any
    media_type: str
    query: dict[str, list[str]]


class Reply(NamedTuple):
    status: int
    body: Any
    headers: Mapping[str, str] = MappingProxyType({})


@dataclass
class FlagService(ABC):
    """`wrong` collects what the vendor's document has against any exchange; `changes` counts what
    was changed; `then` is what the next change gets instead of being done."""

    login: ClassVar[str] = TOKEN
    base: ClassVar[str] = ""  # before the document's own paths

    spec: Spec | None = None
    url: str = ""
    wrong: list[str] = field(default_factory=list)
    changes: int = 0
    then: list[Reply] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def running(self) -> Iterator[None]:
        with desk(self.deed) as here:
            self.url = here.url
            yield

    def deed(self, hand: Hand) -> None:
        parts = urlsplit(hand.path)
        body = hand.asked.body
        kind = hand.headers.get("content-type", "")
        data = json.loads(body) if body else None
        asked = Asked(hand.command, parts.path, data, kind, parse_qs(parts.query))
        if hand.headers.get("authorization") != self.login:
            reply = Reply(401, {"message": "invalid token"})
        else:
            with self._lock:
                reply = self._reply(asked)
        headers = {name.replace("-", "_"): text for name, text in reply.headers.items()}
        hand.say(reply.status, json.dumps(reply.body).encode(), **headers)

    @abstractmethod
    def answer(self, asked: Asked) -> Reply: ...

    @abstractmethod
    def truth(self) -> Decimal: ...

    @abstractmethod
    def move(self, weight: Decimal) -> None: ...

    def writes(self) -> object:
        return self.changes

    def _reply(self, asked: Asked) -> Reply:
        if asked.method != "GET" and self.then:
            return self.then.pop(0)
        path = asked.path.removeprefix(self.base)
        if self.spec and (wrong := self.spec.request(asked.method, path, asked.body)):
            self.wrong += wrong
            return Reply(400, {"message": wrong[0]})
        reply = self.answer(asked)
        if self.spec:
            self.wrong += self.spec.answer(asked.method, path, reply.status, reply.body)
        if asked.method != "GET" and reply.status < 300:
            self.changes += 1
        return reply

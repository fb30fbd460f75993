"""A driver of flags on its bench: what is the same for every vendor."""

from __future__ import annotations

import shutil
import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

import httpx
import pytest

from tests.drivers.build import SOON
from tests.fakes.shell import typed
from tests.wire.desk import Hand, desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from decimal import Decimal

    from migrations_app.drivers.base import Driver
    from tests.wire.desk import Deed

PATIENCE = 30.0
PLAIN = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # nobody to trust: loading them takes long
HEARD = 1.5  # seconds; enough to read through a proxy on a busy machine
HOP = frozenset({"host", "connection", "content-length", "accept-encoding"})


class Plane(Protocol):
    """A flag service, real or not, and hands on one flag in it."""

    @property
    def url(self) -> str: ...

    def truth(self) -> Decimal: ...

    def move(self, weight: Decimal) -> None: ...

    def writes(self) -> object: ...


@dataclass
class FlagBench:
    """`make` builds a driver from keys of its config; `variables` are what the shell knows."""

    plane: Plane
    make: Callable[..., Driver]
    variables: Mapping[str, str]
    keys: Mapping[str, object] = field(default_factory=dict)
    driver: Driver = field(init=False)
    _made: list[Driver] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.driver = self.at(self.plane.url)

    def at(self, url: str, **keys: object) -> Driver:
        made = self.make(**{"url": url, "timeout": 10, **self.keys, **keys})
        self._made.append(made)
        return made

    def close(self) -> None:
        for one in self._made:
            one.close()

    def truth(self) -> Decimal:
        return self.plane.truth()

    def move(self, weight: Decimal) -> None:
        self.plane.move(weight)

    def writes(self) -> object:
        return self.plane.writes()

    def type_in(self, commands: Sequence[str]) -> list[str]:
        if " jq " in commands[0] and shutil.which("jq") is None:
            pytest.skip("NOT PROVEN: that what a person types does the same (apt install jq)")
        return typed(commands, self.variables)

    @contextmanager
    def nobody(self) -> Iterator[Driver]:
        yield self.at("http://127.0.0.1:1")

    @contextmanager
    def mute(self) -> Iterator[Driver]:
        with desk(Hand.hang) as plane:
            yield self.at(plane.url, timeout=SOON)

    @contextmanager
    def unheard(self) -> Iterator[Driver]:
        with desk(self._swallowing) as plane:
            yield self.at(plane.url, timeout=HEARD)

    @contextmanager
    def before(self, deed: Deed) -> Iterator[Driver]:
        """A driver that reaches its plane through `deed`, which may `pass_on`."""
        with desk(deed) as between:
            yield self.at(between.url)

    def pass_on(self, hand: Hand) -> httpx.Response:
        """Ask the plane what was asked here."""
        heard = hand.asked
        headers = {name: value for name, value in heard.headers.items() if name not in HOP}
        return httpx.request(
            heard.method,
            self.plane.url + heard.path,
            headers=headers,
            content=heard.body,
            timeout=PATIENCE,
            verify=PLAIN,
        )

    def relay(self, hand: Hand) -> None:
        """Pass on both ways."""
        answer = self.pass_on(hand)
        hand.say(answer.status_code, answer.content)

    def _swallowing(self, hand: Hand) -> None:
        answer = self.pass_on(hand)
        if hand.command == "GET":
            hand.say(answer.status_code, answer.content)
        else:
            hand.hang()

"""A run with people before its room, and a public page."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import httpx

from bench.crowd import Crowd, crowd
from bench.picture import Picture, mark
from bench.room import House, Warroom
from migrations_app.actions import share, updates
from migrations_app.actions.publish import Publishing, publish
from migrations_app.actions.updates import Words
from migrations_app.domain.actor import Click
from migrations_app.domain.comms.words import Audience
from migrations_app.practice.ports import HOST

if TYPE_CHECKING:
    from pathlib import Path

    from bench.readers import Servers

PACE_S = 0.25
PUBLISHED_EVERY = 20  # notes
PUBLIC: dict[str, Any] = {
    "public_title": "Orders",
    "cadence": "20m",
    "components": [{"name": "checkout", "title": "Checkout"}, {"name": "api", "title": "API"}],
}
STORY = (
    "Half of the traffic is served by the new system. Everything works as before, and nobody has "
    "to do anything.\n\nWe go on at the next quarter of an hour, and tell you here."
)


@dataclass
class Night:
    """`viewers` people look at the room; `path` is the page's."""

    house: House
    server: Warroom
    people: Crowd
    viewers: int
    stack: ExitStack
    path: str = "/status/orders/"
    _numbers: count[int] = field(default_factory=lambda: count(1))

    @classmethod
    def begun(cls, at: Path, started: Servers, viewers: int) -> Night:
        stack = ExitStack()
        house = House.built(viewers, comms=PUBLIC)
        told = {"DATABASE_URL": started.postgres_url, "REDIS_URL": started.redis_url}
        server = Warroom("warroom", at, Picture(""), house=house, told=told)
        stack.callback(server.stop)
        server.start()
        people = stack.enter_context(crowd())
        people.open(server.port, [server.request(number) for number in range(viewers)])
        night = cls(house, server, people, viewers, stack)
        share.open_to(house.world.run_id, house.world.actor("kim"), "everybody", slug="orders")
        for _ in range(5):
            night.publish()
        return night

    @property
    def port(self) -> int:
        return self.server.port

    @property
    def pid(self) -> int:
        assert self.server.process is not None
        return self.server.process.pid

    def stop(self) -> None:
        self.stack.close()

    def publish(self) -> None:
        """Say something to the public."""
        run_id, kim = self.house.world.run_id, self.house.world.actor("kim")
        words = Words(Audience.PUBLIC, f"Update {next(self._numbers)}", STORY, stage="in_progress")
        saved = updates.begin(run_id, kim, Click(), words)
        publish(run_id, kim, Click(), Publishing(saved.number, saved.version))

    def notes(self, seconds: float, *, publishing: bool = False) -> list[float]:
        """A note every so often: seconds until each viewer had it."""
        took: list[float] = []
        until = time.monotonic() + seconds
        for number in count(1):
            due = time.monotonic() + PACE_S
            if due > until:
                return took
            if publishing and not number % PUBLISHED_EVERY:
                self.publish()
            took += self.people.hear(mark(next(self._numbers)), self.server.publish).after
            time.sleep(max(0.0, due - time.monotonic()))
        raise AssertionError("a count does not end")

    def page(self) -> bytes:
        """What a reader gets."""
        return httpx.get(f"http://{HOST}:{self.port}{self.path}").raise_for_status().content

    def unchecked_since(self) -> str | None:
        """Since when the page says that it could not be checked, and how long ago that is."""
        answer = httpx.get(f"http://{HOST}:{self.port}{self.path}status.json", timeout=30)
        since: str | None = answer.raise_for_status().json()["unchecked_since"]
        if since is None:
            return None
        ago = datetime.now(UTC) - datetime.fromisoformat(since)
        return f"{since}, {ago.total_seconds():.0f} s ago"

"""Warroom itself as a peer: a real room, its people signed in, an event a note on the timeline."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User

from bench.peers import Peer, uvicorn
from bench.picture import MARK, Picture
from migrations_app.actions.steps import note
from migrations_app.domain.actor import Click
from migrations_app.domain.plan.people import Role
from migrations_app.models import Membership
from migrations_app.practice.ports import HOST
from migrations_app.web.regions import scene
from tests.web import build

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMELINE = 40
"""Notes that are on the timeline already: the room shows the newest of them."""


@dataclass
class House:
    """A run at its gate, and people who may look at it, each with a session."""

    world: build.World
    sessions: list[str]

    @classmethod
    def built(cls, viewers: int, **plan: Any) -> House:
        world = build.ready(**plan)
        people = User.objects.bulk_create(
            User(username=f"viewer-{number}", password=f"!{number}") for number in range(viewers)
        )
        migration = world.run.migration_id
        Membership.objects.bulk_create(
            Membership(migration_id=migration, user=one, role=Role.OBSERVER) for one in people
        )
        house = cls(world, [_session(one) for one in people])
        for number in range(TIMELINE):
            house.note(f"entry {number} of a night that began long ago")
        return house

    def note(self, words: str) -> None:
        note(self.world.run_id, self.world.actor("kim"), Click(reason=words))

    def picture(self) -> Picture:
        """What one note changes in the room."""
        before = scene(self.world.run_id)
        self.note(MARK)
        return Picture.of(scene(self.world.run_id).since(before))


def _session(user: User) -> str:
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    key: str = store.session_key
    return key


@dataclass
class Warroom(Peer):
    """The web process as it is started for people."""

    house: House = field(kw_only=True)
    told: dict[str, str] = field(kw_only=True)

    def command(self) -> Sequence[str]:
        return uvicorn(Path(sys.executable), "warroom.asgi:application", self.port)

    def environment(self) -> dict[str, str]:
        url = f"http://{HOST}:{self.port}"
        return super().environment() | self.told | {"WARROOM_URL": url}

    def request(self, number: int) -> str:
        cookie = f"{settings.SESSION_COOKIE_NAME}={self.house.sessions[number]}"
        if self.cookies:
            cookie += f"; {self.cookies[number]}"
        path = f"/runs/{self.house.world.run_id}/stream"
        return self.get(path, {"Cookie": cookie})

    def body(self, mark: str) -> bytes:
        return mark.encode()

    def publish(self, mark: str) -> None:
        """The verb itself, in this process: a transaction, and a ring of the bell."""
        self.house.note(mark)

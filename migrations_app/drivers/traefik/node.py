"""The API of one Traefik process. It tells, and changes nothing."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from migrations_app.domain.errors import Permanent
from migrations_app.wire.login import sent, typed
from migrations_app.wire.talk import Talk

if TYPE_CHECKING:
    from migrations_app.drivers.traefik.config import TraefikConfig
    from migrations_app.wire.deadline import Deadline
    from migrations_app.wire.place import Auth, Place


class TraefikNode:
    """Thread-safe."""

    def __init__(self, place: Place, auth: Auth | None) -> None:
        self.place = place
        self.auth = auth
        self._talk = Talk(place, partial(sent, auth))

    @property
    def address(self) -> str:
        return self.place.url

    @property
    def login(self) -> str:
        """The header that says who we are, as a person types it."""
        return typed(self.auth)

    def ask(self, path: str, deadline: Deadline) -> dict[str, Any]:
        """The answer to a question, from JSON."""
        answer = self._talk.read(path, deadline)
        try:
            told = answer.json()
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise Permanent(
                f"{self.address}{path} answers as no Traefik does. Is this the address of its API?"
            )
        return told

    def service(self, name: str, deadline: Deadline) -> dict[str, Any]:
        """A service by its whole name, `app@file`. `Permanent` if there is none, or if Traefik
        does not use it."""
        told = self.ask(f"/api/http/services/{name}", deadline)
        if told.get("status") == "disabled":
            why = "; ".join(map(str, told.get("error") or []))
            raise Permanent(f"{self.address}: Traefik does not use {name} ({why}). Mend it.")
        return told

    def close(self) -> None:
        self._talk.close()


def nodes_of(config: TraefikConfig) -> list[TraefikNode]:
    """One of each process."""
    return [TraefikNode(place, config.auth) for place in config.places()]

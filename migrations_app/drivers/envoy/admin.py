"""The admin interface of one Envoy process."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from migrations_app.domain.errors import Permanent, SeamError, UnknownOutcome
from migrations_app.wire.login import sent, typed
from migrations_app.wire.talk import Talk

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migrations_app.drivers.envoy.config import AdminConfig
    from migrations_app.wire.deadline import Deadline
    from migrations_app.wire.place import Auth, Place

ROUTES = "static_route_configs,dynamic_route_configs"
NO_LAYER = "No admin layer specified"  # with 503, when the bootstrap has none


class Admin:
    """Thread-safe. `address` is where it is; `auth` for whatever stands before it."""

    def __init__(self, place: Place, auth: Auth | None) -> None:
        self.place = place
        self.auth = auth
        self._talk = Talk(place, partial(sent, auth))

    @property
    def login(self) -> str:
        """The header that says who we are, as a person types it."""
        return typed(self.auth)

    @property
    def address(self) -> str:
        return self.place.url

    def ask(self, path: str, deadline: Deadline, **params: str) -> dict[str, Any]:
        """The answer to a question, from JSON."""
        answer = self._talk.read(path, deadline, params=list(params.items()))
        try:
            told = answer.json()
        except ValueError:
            told = None
        if not isinstance(told, dict):
            raise Permanent(
                f"{self.address}{path} answers as no Envoy does. Is this the address of its admin "
                "interface?"
            )
        return told

    def runtime(self, deadline: Deadline) -> dict[str, str]:
        """What is in force, by key, of all keys that some layer sets."""
        told = self.ask("/runtime", deadline)
        try:
            return {key: str(entry["final_value"]) for key, entry in told["entries"].items()}
        except (AttributeError, KeyError, TypeError) as error:
            raise Permanent(f"{self.address}/runtime answers as no Envoy does.") from error

    def routes(self, deadline: Deadline) -> Any:
        """Every route configuration, those in the bootstrap and those it was given since."""
        return self.ask("/config_dump", deadline, mask=ROUTES)

    def modify(self, pairs: Sequence[tuple[str, str]], deadline: Deadline) -> None:
        """Set runtime keys, all at once."""
        try:
            self._talk.write("POST", "/runtime_modify", deadline, params=pairs)
        except UnknownOutcome as error:
            if NO_LAYER not in str(error):
                raise
            raise Permanent(
                f"{self.address}: its bootstrap has no admin layer, so no runtime key can be set. "
                "Add `layered_runtime: {layers: [{name: admin, admin_layer: {}}]}`."
            ) from error

    def active(self, cluster: str, deadline: Deadline) -> int | None:
        """Requests that `cluster` has not answered yet; None where that can't be told."""
        name = f"cluster.{cluster.replace(':', '_')}.upstream_rq_active"
        pattern = f"^{re.escape(name)}$"
        try:
            told = self.ask("/stats", deadline, filter=pattern, format="json")
            values = [stat["value"] for stat in told["stats"] if stat.get("name") == name]
            return int(values[0]) if values else None
        except (SeamError, KeyError, TypeError, ValueError):
            return None

    def close(self) -> None:
        self._talk.close()


def admins(config: AdminConfig) -> list[Admin]:
    """One of each process."""
    return [Admin(place, config.auth) for place in config.places()]


def left_active(nodes: Sequence[Admin], cluster: str, deadline: Deadline) -> int | None:
    """The sum over all nodes, None if one can't tell."""
    told = [node.active(cluster, deadline) for node in nodes]
    return sum(one or 0 for one in told) if None not in told else None

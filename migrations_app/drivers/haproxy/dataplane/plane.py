"""The few requests to the Data Plane API that weights need.

Sources: the published schema and the source of versions 3.3 and 3.4. Running servers tell and take
`weight` since 3.3.1; before, a change of it is answered with 200 and ignored.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from migrations_app.domain.errors import Permanent
from migrations_app.drivers.haproxy.state import Balance, Server, balance
from migrations_app.wire.login import sent
from migrations_app.wire.talk import Talk

if TYPE_CHECKING:
    from migrations_app.drivers.haproxy.dataplane.config import DataplaneConfig
    from migrations_app.drivers.haproxy.node import Write
    from migrations_app.wire.answer import Answer
    from migrations_app.wire.deadline import Deadline

TOO_OLD: Final = (
    "does not tell the weights of running servers: it is older than 3.3.1. Update it, or use the "
    "driver `haproxy` with the runtime socket."
)
_OPERATION: Final = {"up": 2, "down": 0, "stopping": 3}  # as `show servers state` has them
_ADMINISTRATION: Final = {"ready": 0, "maint": 0x01, "drain": 0x08}


class _Running(BaseModel):
    name: str
    weight: Annotated[int, Field(ge=0, le=256)] | None = None
    iweight: int | None = None
    operational_state: Literal["up", "down", "stopping"] = "up"
    admin_state: Literal["ready", "maint", "drain"] = "ready"


class _Numbers(BaseModel):
    model_config = ConfigDict(extra="ignore")

    name: str
    stats: dict[str, Any]


class _Statistics(BaseModel):
    stats: list[_Numbers]


_SERVERS: Final = TypeAdapter(list[_Running])


class Plane:
    """One Data Plane API."""

    def __init__(self, config: DataplaneConfig) -> None:
        self._config = config
        self._talk = Talk(config, partial(sent, config.auth))

    def servers(self, deadline: Deadline) -> Balance:
        """Both sides as HAProxy runs them now."""
        try:
            found = _SERVERS.validate_json(self._talk.read(self._config.running, deadline).body)
        except ValidationError as error:
            raise self._wrong("answers as no Data Plane API does: check `url`.") from error
        if not found:
            raise self._wrong(f"knows no backend {self._config.backend}, or it has no servers.")
        try:
            servers = [self._server(one) for one in found]
            return balance(servers, self._config.blue, self._config.green)
        except Permanent as error:
            raise self._wrong(str(error)) from error

    def run(self, write: Write, deadline: Deadline) -> None:
        """Change a running server. Nothing else of it is touched."""
        path = f"{self._config.running}/{write.server}"
        self._talk.write("PUT", path, deadline, body={"weight": write.weight})

    def version(self, deadline: Deadline) -> str:
        """Of the configuration file: a number that grows with every change of it."""
        told = self._json(self._talk.read(self._config.version, deadline))
        if not isinstance(told, int):
            raise self._wrong("tells no version of the configuration file.")
        return str(told)

    def keep(self, write: Write, version: str, deadline: Deadline) -> str:
        """Change the configuration file, if it is still at `version`; its version then.

        A server is replaced as a whole, so it is read first: the version guards both.
        """
        path = f"{self._config.kept}/servers/{write.server}"
        server = self._json(self._talk.read(path, deadline))
        if not isinstance(server, dict):
            raise self._wrong(f"tells nothing of server {write.server} in the configuration file.")
        if server.get("weight") == write.weight:
            return version
        body = {**server, "weight": write.weight}
        self._talk.write("PUT", path, deadline, params=[("version", version)], body=body)
        return str(int(version) + 1)

    def backend(self, deadline: Deadline) -> dict[str, Any]:
        """The backend's own lines in the configuration file."""
        told = self._json(self._talk.read(self._config.kept, deadline))
        return told if isinstance(told, dict) else {}

    def sessions(self, names: tuple[str, ...], deadline: Deadline) -> int:
        """Requests in progress on these servers. `ValidationError`, `KeyError` if not told."""
        asked = [("type", "server"), ("parent", self._config.backend)]
        body = self._talk.read(self._config.numbers, deadline, params=asked).body
        told = {one.name: one.stats["scur"] for one in _Statistics.model_validate_json(body).stats}
        return sum(int(told[name]) for name in names)

    def close(self) -> None:
        self._talk.close()

    def _server(self, one: _Running) -> Server:
        if one.weight is None:
            raise Permanent(TOO_OLD)
        return Server(
            name=one.name,
            weight=one.weight,
            initial=one.iweight or 0,
            operation=_OPERATION[one.operational_state],
            administration=_ADMINISTRATION[one.admin_state],
            health_check=0,
            agent_check=0,
        )

    def _json(self, answer: Answer) -> Any:
        try:
            return answer.json()
        except ValueError as error:
            raise self._wrong("answers no JSON: check `url`.") from error

    def _wrong(self, sentence: str) -> Permanent:
        return Permanent(f"The Data Plane API at {self._config.host}: {sentence}")

"""What a runbook says about a route through NGINX Plus."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator

from migrations_app.domain.plan.base import wrong
from migrations_app.drivers.nginx.address import AddressText
from migrations_app.wire.place import Auth
from migrations_app.wire.places import Places

MOST_SERVERS = 64


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _some(servers: tuple[str, ...]) -> tuple[str, ...]:
    if not 0 < len(servers) <= MOST_SERVERS:
        raise wrong(f"name the servers of this side, from 1 to {MOST_SERVERS}")
    return servers


Servers = Annotated[tuple[AddressText, ...], BeforeValidator(_several), AfterValidator(_some)]
# What the vendor's own schema and a URL take as they are.
Upstream = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,100}$")]


class PlusConfig(Places):
    """`url` is where the API is served, without version: https://lb-1.example:8443/api.

    `others`: more NGINXs. `blue` and `green` are addresses of servers in `upstream` as the API
    shows them. `leave`: what
    becomes of a side at 0: `down` (nobody goes there any more) or `drain` (clients of a session
    stay until it ends).
    """

    secret_keys: ClassVar[tuple[str, ...]] = ("auth",)

    version: Annotated[int, Field(ge=3, le=99)] = 9
    upstream: Upstream
    blue: Servers
    green: Servers
    leave: Literal["down", "drain"] = "down"
    auth: Auth | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> PlusConfig:
        named = self.blue + self.green
        if self.upstream in {".", ".."}:
            raise wrong("`upstream` is the name of an upstream")
        if len(set(named)) < len(named):
            raise wrong("`blue` and `green` name a server twice; each is on one side only")
        return self

    @property
    def path(self) -> str:
        """Of the upstream, with all that NGINX knows of its servers."""
        return f"/{self.version}/http/upstreams/{self.upstream}"

    def server_path(self, number: int) -> str:
        return f"{self.path}/servers/{number}"

    def left(self) -> dict[str, int | bool]:
        """What is written to a server of a side at 0."""
        return {self.leave: True}

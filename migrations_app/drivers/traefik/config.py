"""What a runbook says about a route through Traefik."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from migrations_app.domain.plan.base import wrong
from migrations_app.drivers.watched import FilePath
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import Auth, BaseUrl, Place

# Letters that neither a shell, a path nor a YAML file reads as anything but themselves.
Service = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,200}$")]
Side = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,200}(@[a-z]{1,40})?$")]


class TraefikConfig(Place):
    """`url` of the API of one Traefik, `others` of all others that use this `file`.

    `service` is the weighted service in it (`moves: mirror`: the mirroring service), `blue` and
    `green` are those it names. `provider: http`: the file is not watched, but what Traefik's HTTP
    provider is served. `timeout` has to be longer than Traefik takes to look.
    """

    secret_keys: ClassVar[tuple[str, ...]] = ("auth",)

    others: Annotated[tuple[BaseUrl, ...], Field(max_length=31)] = ()
    auth: Auth | None = None
    file: FilePath
    provider: Literal["file", "http"] = "file"
    service: Service
    blue: Side
    green: Side
    moves: Literal["share", "mirror"] = "share"
    timeout: Patience = timedelta(seconds=5)

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.blue == self.green:
            raise wrong("`blue` and `green` name the same service")
        if len({self.url, *self.others}) <= len(self.others):
            raise wrong("`url` and `others` name one address twice")
        if not self.file.endswith((".yaml", ".yml", ".json")):
            raise wrong("`file` is YAML or JSON, and says so: .yaml, .yml or .json")
        return self

    def places(self) -> list[Place]:
        """Every process that has to agree."""
        return [self.model_copy(update={"url": url}) for url in (self.url, *self.others)]

"""What a runbook says about a route through Envoy."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from migrations_app.domain.plan.base import wrong
from migrations_app.drivers.watched import FilePath
from migrations_app.wire.patience import Patience
from migrations_app.wire.place import Auth, BaseUrl, Place

# Letters that neither a shell, a query nor a YAML file reads as anything but themselves.
_NAME = r"^[A-Za-z0-9_.:|@/-]{1,200}$"
Cluster = Annotated[str, StringConstraints(pattern=_NAME)]
RuntimeKey = Annotated[str, StringConstraints(pattern=_NAME)]


class AdminConfig(Place):
    """`url` of the admin interface of one Envoy, `others` of all others that serve this route.

    `blue` and `green` are names of clusters. `moves: mirror`: the weight is how many percent of
    BLUE's requests are copied to GREEN.
    """

    secret_keys: ClassVar[tuple[str, ...]] = ("auth",)

    others: Annotated[tuple[BaseUrl, ...], Field(max_length=31)] = ()
    auth: Auth | None = None
    blue: Cluster
    green: Cluster
    moves: Literal["share", "mirror"] = "share"
    timeout: Patience = timedelta(seconds=2)

    @model_validator(mode="after")
    def _apart(self) -> Self:
        if self.blue == self.green:
            raise wrong("`blue` and `green` name the same cluster")
        if len({self.url, *self.others}) <= len(self.others):
            raise wrong("`url` and `others` name one address twice")
        return self

    def places(self) -> list[Place]:
        """Every process that has to agree."""
        return [self.model_copy(update={"url": url}) for url in (self.url, *self.others)]


class EnvoyConfig(AdminConfig):
    """`runtime_key_prefix` is that of the route's `weighted_clusters`; `runtime_key` that of a
    `runtime_fraction`: of the route that leads to GREEN, or of the mirror policy."""

    runtime_key_prefix: RuntimeKey | None = None
    runtime_key: RuntimeKey | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.runtime_key_prefix) == bool(self.runtime_key):
            raise wrong(
                "give either `runtime_key_prefix` (of weighted_clusters) or `runtime_key` (of a "
                "runtime_fraction)"
            )
        if self.moves == "mirror" and self.runtime_key is None:
            raise wrong("`moves: mirror` needs the `runtime_key` of the mirror policy")
        return self


class EnvoyFileConfig(AdminConfig):
    """`file` is the route configuration (RDS) that every one of these Envoys watches."""

    file: FilePath
    timeout: Patience = timedelta(seconds=4)

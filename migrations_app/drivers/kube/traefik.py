"""Traefik in Kubernetes: the weights of two Services in a TraefikService, or its mirror.

Read in Traefik's published schema and source: a weight that is absent is 1, and one of 0 takes the
Service out. A mirror without a percentage copies nothing. The object has no status and Traefik's
own view of it is not asked: tried with a real one, it follows within a second and loses no request.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Self

from pydantic import model_validator

from migrations_app.domain.finding import Finding
from migrations_app.domain.plan.base import wrong
from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.kube.api import dig, objects
from migrations_app.drivers.kube.cluster import Cluster
from migrations_app.drivers.kube.driver import KubeDriver
from migrations_app.drivers.kube.names import Dotted
from migrations_app.drivers.kube.shares import Rows, Shares
from migrations_app.drivers.kube.thing import Resource, Thing
from migrations_app.drivers.kube.traefik_mirror import Mirror
from migrations_app.drivers.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from migrations_app.drivers.kube.api import Obj

RESOURCE: Final = Resource("TraefikService", "traefik.io", "v1alpha1", "traefikservices")
SCALE: Final = Scale("A TraefikService", (100, 1000, 10_000))


class TraefikConfig(Cluster):
    """`blue` and `green` are Services (or TraefikServices) named in `traefik_service`."""

    traefik_service: Dotted
    blue: Dotted
    green: Dotted
    moves: Literal["share", "mirror"] = "share"

    @model_validator(mode="after")
    def _two_sides(self) -> Self:
        if self.blue == self.green:
            raise wrong("`blue` and `green` are the same Service")
        return self

    @property
    def thing(self) -> Thing:
        return Thing(RESOURCE, self.namespace, self.traefik_service)


@dataclass(frozen=True, slots=True)
class Weighted:
    """Where a TraefikService keeps its weighted Services."""

    thing: str
    blue: str
    green: str
    absent = 1

    def rows(self, obj: Obj) -> Rows:
        return Rows("/spec/weighted/services", objects(obj, "spec", "weighted", "services"))

    def assumed(self) -> Rows:
        items = [{"name": side} for side in (self.blue, self.green)]
        return Rows("/spec/weighted/services", items)

    def name(self, item: Obj) -> str:
        return str(item.get("name"))

    def key(self, item: Obj) -> str:
        return "name"

    def findings(self, obj: Obj) -> Iterator[Finding]:
        if dig(obj, "spec", "weighted", "sticky"):
            sentence = (
                f"{self.thing} keeps clients on their side by a cookie, whatever the weights: "
                "after a rollback those GREEN has served stay on GREEN."
            )
            yield Finding(ok=False, what=f"stickiness of {self.thing}", sentence=sentence)


class TraefikDriver(KubeDriver):
    """A route whose sides are Services of a TraefikService. See `TraefikConfig` for its keys."""

    kind: ClassVar[str] = "traefik-k8s"
    Config: ClassVar[type[BaseModel]] = TraefikConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, mirror=True, finest_step="0.01"
    )
    verify_deadline: ClassVar[float] = 10.0
    tried: ClassVar[str] = (
        "a fake API server with Traefik's own schema, watched by a real Traefik 3.7 under load"
    )

    def __init__(self, config: TraefikConfig) -> None:
        name = str(config.thing)
        weighted = Weighted(name, config.blue, config.green)
        shares = Shares(name, weighted, SCALE, config.blue, config.green)
        mirror = Mirror(name, config.blue, config.green)
        super().__init__(config, config.thing, mirror if config.moves == "mirror" else shares)

"""Gateway API: the weights of two backends in one rule of an HTTPRoute, or its mirror.

A weight counts as read back only when every parent (gateway) has accepted the generation that it
is written in. Weights are relative, 0 to 1,000,000; ours add up to 100 where they can.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final, Literal, Self

from pydantic import model_validator

from migrations_app.domain.errors import Permanent, SeamError
from migrations_app.domain.finding import Finding
from migrations_app.domain.plan.base import wrong
from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.kube import route_status
from migrations_app.drivers.kube.cluster import Cluster
from migrations_app.drivers.kube.driver import KubeDriver
from migrations_app.drivers.kube.names import Dotted
from migrations_app.drivers.kube.route_mirror import Mirror
from migrations_app.drivers.kube.route_rule import Backends, Rule
from migrations_app.drivers.kube.shares import Shares
from migrations_app.drivers.kube.thing import Resource, Thing
from migrations_app.drivers.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.wire.deadline import Deadline

GROUP: Final = "gateway.networking.k8s.io"
SCALE: Final = Scale("An HTTPRoute", (100, 1000, 10_000))


class HttpRouteConfig(Cluster):
    """`rule` names one of the route; without it the first is meant. Sides are Services."""

    http_route: Dotted
    rule: Dotted | None = None
    blue: Dotted
    green: Dotted
    moves: Literal["share", "mirror"] = "share"
    version: Literal["v1", "v1beta1"] = "v1"

    @model_validator(mode="after")
    def _two_sides(self) -> Self:
        if self.blue == self.green:
            raise wrong("`blue` and `green` are the same Service")
        return self

    @property
    def thing(self) -> Thing:
        resource = Resource("HTTPRoute", GROUP, self.version, "httproutes")
        return Thing(resource, self.namespace, self.http_route)


class HttpRouteDriver(KubeDriver):
    """What every controller of HTTPRoutes has in common."""

    def _in_effect(self, obj: Obj, weight: Decimal, deadline: Deadline) -> str:
        route_status.accepted(str(self._thing), obj)
        wrong = route_status.unresolved(obj)
        if wrong and weight:
            raise Permanent(f"{self._thing}: a backend can't be resolved: {wrong}.")
        return f"; a backend can't be resolved: {wrong}" if wrong else ""

    def _may_go(self, obj: Obj, deadline: Deadline) -> None:
        if wrong := route_status.unresolved(obj):
            raise Permanent(
                f"{self._thing}: a backend can't be resolved, so its requests would get 500: "
                f"{wrong}. Mend that before GREEN gets more."
            )

    def _more(self, obj: Obj, deadline: Deadline) -> Iterator[Finding]:
        what = f"status of {self._thing}"
        told = "; ".join(route_status.conditions(obj))
        try:
            route_status.accepted(str(self._thing), obj)
        except SeamError as error:
            yield Finding(ok=False, what=what, sentence=str(error))
            return
        wrong = route_status.unresolved(obj)
        yield Finding(ok=not wrong, what=what, sentence=f"{self._thing}: {wrong or told}.")


class GatewayDriver(HttpRouteDriver):
    """A route whose sides are backends of an HTTPRoute. See `HttpRouteConfig` for its keys."""

    kind: ClassVar[str] = "gateway-api"
    Config: ClassVar[type[BaseModel]] = HttpRouteConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, mirror=True, finest_step="0.01"
    )
    tried: ClassVar[str] = "a fake API server with the Gateway API's own schema"

    def __init__(self, config: HttpRouteConfig) -> None:
        rule = Rule(str(config.thing), config.rule)
        backends = Backends(rule, config.blue, config.green)
        shares = Shares(str(config.thing), backends, SCALE, config.blue, config.green)
        mirror = Mirror(rule, config.green)
        super().__init__(config, config.thing, mirror if config.moves == "mirror" else shares)

"""Linkerd: an HTTPRoute whose parent is a Service, or an SMI TrafficSplit of an older mesh.

Both are applied by the proxies of the clients: whoever calls from outside the mesh bypasses them.
While a ServiceProfile of the Service exists, Linkerd does as that says and not as the HTTPRoute:
so GREEN gets nothing then. The SMI extension is deprecated, but its weights work alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Self

from pydantic import model_validator

from migrations_app.domain.errors import Permanent, SeamError
from migrations_app.domain.finding import Finding
from migrations_app.domain.plan.base import wrong
from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.kube import gateway
from migrations_app.drivers.kube.api import dig, objects
from migrations_app.drivers.kube.cluster import Cluster
from migrations_app.drivers.kube.names import Dotted, Label
from migrations_app.drivers.kube.route_rule import Backends, Rule
from migrations_app.drivers.kube.shares import Rows, Shares
from migrations_app.drivers.kube.thing import Resource, Thing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.wire.deadline import Deadline

PROFILES: Final = Resource("ServiceProfile", "linkerd.io", "v1alpha2", "serviceprofiles")
SPLITS: Final = Resource("TrafficSplit", "split.smi-spec.io", "v1alpha2", "trafficsplits")
ROUTES: Final = Resource("HTTPRoute", gateway.GROUP, "v1", "httproutes")


class LinkerdConfig(Cluster):
    """`service` is what clients call. `rule` names one of the route, else the first is meant."""

    service: Label
    http_route: Dotted | None = None
    traffic_split: Dotted | None = None
    rule: Dotted | None = None
    blue: Label
    green: Label

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.http_route is None) == (self.traffic_split is None):
            raise wrong("give either `http_route` or, for the SMI extension, `traffic_split`")
        if self.blue == self.green:
            raise wrong("`blue` and `green` are the same Service")
        if self.rule and self.traffic_split:
            raise wrong("a TrafficSplit has no rules; leave out `rule`")
        return self

    @property
    def thing(self) -> Thing:
        if self.traffic_split:
            return Thing(SPLITS, self.namespace, self.traffic_split)
        return Thing(ROUTES, self.namespace, self.http_route or "")


@dataclass(frozen=True, slots=True)
class Split:
    """Where a TrafficSplit keeps its backends. A weight is required there."""

    thing: str
    service: str
    blue: str
    green: str
    absent = 0

    def rows(self, obj: Obj) -> Rows:
        return Rows("/spec/backends", objects(obj, "spec", "backends"))

    def assumed(self) -> Rows:
        return Rows("/spec/backends", [{"service": side} for side in (self.blue, self.green)])

    def name(self, item: Obj) -> str:
        return str(item.get("service"))

    def key(self, item: Obj) -> str:
        return "service"

    def findings(self, obj: Obj) -> Iterator[Finding]:
        if dig(obj, "spec", "service") != self.service:
            sentence = f"{self.thing} splits another Service than {self.service}."
            yield Finding(ok=False, what=self.thing, sentence=sentence)


class LinkerdDriver(gateway.HttpRouteDriver):
    """A route whose sides are Services behind one that clients in the mesh call."""

    kind: ClassVar[str] = "linkerd"
    Config: ClassVar[type[BaseModel]] = LinkerdConfig
    capabilities: ClassVar[Capabilities] = Capabilities(compare_and_set=True, finest_step="0.01")
    tried: ClassVar[str] = "a fake API server with the Gateway API's own schema"

    def __init__(self, config: LinkerdConfig) -> None:
        name, sides = str(config.thing), (config.blue, config.green)
        backends = Backends(Rule(name, config.rule), *sides)
        where = Split(name, config.service, *sides) if config.traffic_split else backends
        super().__init__(config, config.thing, Shares(name, where, gateway.SCALE, *sides))
        self._service, self._smi = config.service, bool(config.traffic_split)
        self._profiles = PROFILES.path(config.namespace)
        self._profile = f"{config.service}.{config.namespace}.svc.cluster.local"

    def _in_effect(self, obj: Obj, weight: Decimal, deadline: Deadline) -> str:
        """A TrafficSplit has no status."""
        return "" if self._smi else super()._in_effect(obj, weight, deadline)

    def _may_go(self, obj: Obj, deadline: Deadline) -> None:
        if not self._smi:
            super()._may_go(obj, deadline)
            if why := self._ignored(obj, deadline):
                raise Permanent(why)

    def _more(self, obj: Obj, deadline: Deadline) -> Iterator[Finding]:
        if self._smi:
            sentence = "Linkerd's SMI extension is deprecated; move to an HTTPRoute after this."
            yield Finding(ok=True, what=str(self._thing), sentence=sentence)
            return
        yield from super()._more(obj, deadline)
        yield self._profiled(obj, deadline)

    def _profiled(self, obj: Obj, deadline: Deadline) -> Finding:
        try:
            why = self._ignored(obj, deadline)
        except SeamError as error:
            why = f"Whether a ServiceProfile overrides the route can't be seen. {error}"
        sentence = why or f"No ServiceProfile overrides {self._thing}."
        return Finding(ok=not why, what=f"ServiceProfile {self._profile}", sentence=sentence)

    def _ignored(self, obj: Obj, deadline: Deadline) -> str:
        """Why Linkerd does not do as the route says; empty if it does."""
        parents = objects(obj, "spec", "parentRefs")
        if not any(one.get("kind") == "Service" and self._is_ours(one) for one in parents):
            return (
                f"{self._thing} is not attached to Service {self._service}: give it a parentRef "
                'of kind Service, group "core", with that name and its port.'
            )
        selector = f"metadata.name={self._profile}"
        if self._api.items(self._profiles, deadline, fieldSelector=selector):
            return (
                f"ServiceProfile {self._profile} exists: while it does, Linkerd ignores "
                f"{self._thing}. Delete it, or move its routes into the HTTPRoute."
            )
        return ""

    def _is_ours(self, parent: Obj) -> bool:
        namespace = parent.get("namespace", self._cluster.namespace)
        return parent.get("name") == self._service and namespace == self._cluster.namespace

"""A Kubernetes Service whose selector points to BLUE's pods or to GREEN's: all or nothing.

A selector that finds no ready pod is a total outage, so GREEN's are counted first; and what was
written counts as read back only when every ready endpoint is a pod of that side. Connections that
are open stay where they are: keep BLUE's pods until they have ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, ClassVar, Final, Self

from pydantic import Field, model_validator

from migrations_app.domain.errors import Permanent, Transient
from migrations_app.domain.finding import Finding
from migrations_app.domain.plan.base import Count, wrong
from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.kube.api import dig
from migrations_app.drivers.kube.cluster import Cluster
from migrations_app.drivers.kube.driver import KubeDriver
from migrations_app.drivers.kube.names import Label, LabelKey, LabelValue
from migrations_app.drivers.kube.patch import escaped, jsonpath, put
from migrations_app.drivers.kube.pods import endpoints, is_ready, named, selector
from migrations_app.drivers.kube.thing import Resource, Thing
from migrations_app.drivers.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.drivers.kube.patch import Op
    from migrations_app.wire.deadline import Deadline

SERVICES: Final = Resource("Service", "", "v1", "services")
PODS: Final = Resource("Pod", "", "v1", "pods")
SLICES: Final = Resource("EndpointSlice", "discovery.k8s.io", "v1", "endpointslices")
SCALE: Final = Scale("A Service's selector", (1,))


class ServiceConfig(Cluster):
    """`key` of the selector has the value `blue` or `green`. `min_ready`: how many pods of GREEN
    have to be ready before everything goes there."""

    service: Label
    key: LabelKey
    blue: LabelValue
    green: LabelValue
    min_ready: Annotated[Count, Field(le=10_000)] = 1

    @model_validator(mode="after")
    def _two_sides(self) -> Self:
        if self.blue == self.green:
            raise wrong("`blue` and `green` are the same value")
        return self

    @property
    def thing(self) -> Thing:
        return Thing(SERVICES, self.namespace, self.service)


@dataclass(frozen=True, slots=True)
class Selector:
    """The value of one key of a Service's selector."""

    thing: str
    key: str
    blue: str
    green: str

    def cannot(self, weight: Decimal) -> str | None:
        return SCALE.cannot(weight)

    def seen(self, obj: Obj) -> tuple[Decimal, str]:
        value = dig(obj, "spec", "selector", self.key)
        shares = {self.blue: Decimal(0), self.green: Decimal(100)}
        if value not in shares:
            raise Permanent(
                f"{self.thing} selects {self.key}={value}, which is neither BLUE ({self.blue}) nor "
                f"GREEN ({self.green})."
            )
        return shares[value], f"{self.key}={value}, so green {shares[value]}/100"

    def ops(self, obj: Obj | None, weight: Decimal) -> list[Op]:
        if obj is not None and weight:
            self.seen(obj)
        return [put(self._at, self.green if weight else self.blue)]

    def shown(self, obj: Obj | None) -> str:
        return jsonpath(self._at)

    def findings(self, obj: Obj) -> Iterator[Finding]:
        yield Finding(ok=True, what=self.thing, sentence=f"{self.thing}: {self.seen(obj)[1]}.")
        if dig(obj, "spec", "clusterIP") == "None":
            sentence = (
                f"{self.thing} is headless: clients keep the pods' addresses they have looked up, "
                "so they follow late or never."
            )
            yield Finding(ok=False, what=self.thing, sentence=sentence)
        if dig(obj, "spec", "publishNotReadyAddresses"):
            sentence = f"{self.thing} sends requests to pods that are not ready."
            yield Finding(ok=False, what=self.thing, sentence=sentence)

    @property
    def _at(self) -> str:
        return f"/spec/selector/{escaped(self.key)}"


class ServiceDriver(KubeDriver):
    """A route whose sides are the pods that a Service may select. See `ServiceConfig`."""

    kind: ClassVar[str] = "k8s-service"
    Config: ClassVar[type[BaseModel]] = ServiceConfig
    capabilities: ClassVar[Capabilities] = Capabilities(
        compare_and_set=True, binary=True, finest_step="100"
    )
    tried: ClassVar[str] = "a fake API server"

    def __init__(self, config: ServiceConfig) -> None:
        name = str(config.thing)
        hand = Selector(name, config.key, config.blue, config.green)
        super().__init__(config, config.thing, hand)
        self._config = config

    def _in_effect(self, obj: Obj, weight: Decimal, deadline: Deadline) -> str:
        """`Transient` until all ready endpoints are of the side that is selected, and there is
        one: while there is none, clients are refused, and nothing is confirmed."""
        listed = SLICES.path(self._config.namespace)
        mine = f"kubernetes.io/service-name={self._config.service}"
        ready = endpoints(self._api.items(listed, deadline, labelSelector=mine))
        if not ready:
            raise Transient(f"{self._thing} has no ready endpoint, so clients are refused.")
        pods = named(self._pods(dig(obj, "spec", "selector"), deadline))
        if strangers := sorted(ready - pods):
            raise Transient(f"{self._thing} still sends requests to {', '.join(strangers[:5])}.")
        return f"; {len(ready)} ready"

    def _may_go(self, obj: Obj, deadline: Deadline) -> None:
        ready = self._ready(obj, self._config.green, deadline)
        if ready < self._config.min_ready:
            raise Permanent(
                f"GREEN ({self._config.key}={self._config.green}) has {ready} ready pods for "
                f"{self._thing}, and needs {self._config.min_ready}: clients would be refused."
            )

    def _more(self, obj: Obj, deadline: Deadline) -> Iterator[Finding]:
        for value in (self._config.blue, self._config.green):
            ready = self._ready(obj, value, deadline)
            what = f"pods with {self._config.key}={value}"
            sentence = f"{what}: {ready} ready, {self._config.min_ready} needed."
            yield Finding(ok=ready >= self._config.min_ready, what=what, sentence=sentence)

    def _ready(self, obj: Obj, value: str, deadline: Deadline) -> int:
        """How many pods would serve if the selector had this value."""
        wanted = {**(dig(obj, "spec", "selector") or {}), self._config.key: value}
        return sum(is_ready(pod) for pod in self._pods(wanted, deadline))

    def _pods(self, labels: dict[str, str], deadline: Deadline) -> list[Obj]:
        path = PODS.path(self._config.namespace)
        return self._api.items(path, deadline, labelSelector=selector(labels))

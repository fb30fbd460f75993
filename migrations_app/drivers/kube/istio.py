"""Istio: the weights of two destinations in one HTTP rule of a VirtualService, or its mirror.

Read in Istio's published schema: a weight that is absent is 0, a mirror without a percentage
copies everything. Weights are kept at a sum of 100, which older releases demand. Envoys take a
change within seconds; the object does not say when, because Istio fills no status by default.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, model_validator

from migrations_app.domain.errors import SeamError
from migrations_app.domain.finding import Finding
from migrations_app.domain.plan.base import wrong
from migrations_app.drivers.base import Capabilities
from migrations_app.drivers.kube.api import dig, objects
from migrations_app.drivers.kube.cluster import Cluster
from migrations_app.drivers.kube.driver import KubeDriver
from migrations_app.drivers.kube.istio_http import Routes, Rule
from migrations_app.drivers.kube.istio_mirror import Mirror
from migrations_app.drivers.kube.names import Dotted, is_dotted, is_label
from migrations_app.drivers.kube.shares import Shares
from migrations_app.drivers.kube.thing import Resource, Thing
from migrations_app.drivers.scale import Scale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from migrations_app.drivers.kube.api import Obj
    from migrations_app.wire.deadline import Deadline

GROUP = "networking.istio.io"
SCALE = Scale("A VirtualService")


def _destination(text: str) -> str:
    host, slash, subset = text.partition("/")
    if not is_dotted(host) or (slash and not is_label(subset)):
        raise wrong(f"a destination is written HOST or HOST/SUBSET, such as shop/v2, not {text!r}")
    return text


Destination = Annotated[str, AfterValidator(_destination)]


class IstioConfig(Cluster):
    """`http` names a rule; without it the first is meant. Hosts are written as in the rule."""

    virtual_service: Dotted
    http: Dotted | None = None
    blue: Destination
    green: Destination
    moves: Literal["share", "mirror"] = "share"
    version: Literal["v1", "v1beta1", "v1alpha3"] = "v1"

    @model_validator(mode="after")
    def _two_sides(self) -> Self:
        if self.blue == self.green:
            raise wrong("`blue` and `green` are the same destination")
        return self

    @property
    def thing(self) -> Thing:
        resource = Resource("VirtualService", GROUP, self.version, "virtualservices")
        return Thing(resource, self.namespace, self.virtual_service)


class IstioDriver(KubeDriver):
    """A route whose sides are destinations of a VirtualService. See `IstioConfig`."""

    kind: ClassVar[str] = "istio"
    Config: ClassVar[type[BaseModel]] = IstioConfig
    capabilities: ClassVar[Capabilities] = Capabilities(compare_and_set=True, mirror=True)
    tried: ClassVar[str] = "a fake API server with Istio's own schema"

    def __init__(self, config: IstioConfig) -> None:
        name, rule = str(config.thing), Rule(str(config.thing), config.http)
        mirror = Mirror(rule, config.green)
        routes = Routes(rule, config.blue, config.green)
        shares = Shares(name, routes, SCALE, config.blue, config.green)
        super().__init__(config, config.thing, mirror if config.moves == "mirror" else shares)
        self._sides = (config.blue, config.green)
        path = Resource("DestinationRule", GROUP, config.version, "destinationrules")
        self._rules = path.path(config.namespace)

    def _more(self, obj: Obj, deadline: Deadline) -> Iterator[Finding]:
        """What DestinationRules of this namespace say about the two sides."""
        try:
            rules = self._api.items(self._rules, deadline)
        except SeamError as error:
            sentence = f"Whether clients stick to a side and subsets exist is not known: {error}"
            yield Finding(ok=True, what="DestinationRules", sentence=sentence)
            return
        for side in self._sides:
            yield from _about(side, rules)


def _about(side: str, rules: list[Obj]) -> Iterator[Finding]:
    host, _, subset = side.partition("/")
    mine = [rule for rule in rules if dig(rule, "spec", "host") == host]
    named = {one.get("name") for rule in mine for one in objects(rule, "spec", "subsets")}
    if subset and mine and subset not in named:
        sentence = f"No DestinationRule here has the subset of {side}: requests to it get 503."
        yield Finding(ok=False, what=side, sentence=sentence)
    for rule in mine:
        if dig(rule, "spec", "trafficPolicy", "loadBalancer", "consistentHash"):
            sentence = (
                f"DestinationRule {dig(rule, 'metadata', 'name')} keeps clients of {host} on their "
                "endpoint by a hash: shares of requests may differ from the weights."
            )
            yield Finding(ok=False, what=side, sentence=sentence)

"""One object of every kind that a driver moves, and what a person would do to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from migrations_app.drivers.base import DRIVERS
from tests.drivers.kube_bench import KubeBench
from tests.fakes.kube_api import KubeApi
from tests.fakes.kube_controllers import Gateway
from tests.fakes.kube_store import Key, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from migrations_app.drivers.base import Driver

    Obj = dict[str, Any]
    Seen = Callable[[Obj], Decimal]
    Moved = Callable[[Obj, Decimal], Obj]


@dataclass(frozen=True)
class Kind:
    """`keys` of the configuration besides those of the place."""

    driver: str
    key: Key
    version: str
    body: Obj
    keys: dict[str, object]
    share: Seen
    moved: Moved
    controllers: Sequence[Callable[[Store, Key], None]] = field(default_factory=list)

    def build(self, **keys: object) -> Driver:
        cls = DRIVERS.load(self.driver)
        return cls(cls.Config.model_validate({**self.keys, **keys}))

    def api(self) -> KubeApi:
        """A server that has the object."""
        api = KubeApi(Store(list(self.controllers)))
        api.store.create(self.key, self.version, self.body)
        return api

    def bench(self, api: KubeApi, folder: Path) -> KubeBench[Any]:
        return KubeBench(api, self.key, self.build, self.share, self.moved, folder)


def weights(*way: str | int) -> tuple[Seen, Moved]:
    """For a list of two items with a weight each: BLUE's and GREEN's."""

    def items(obj: Obj) -> list[Obj]:
        for part in way:
            obj = obj[part]  # type: ignore[index] # a list is indexed by number
        return obj  # type: ignore[return-value] # the way ends at a list

    def share(obj: Obj) -> Decimal:
        blue, green = (int(one["weight"]) for one in items(obj))
        return Decimal(100 * green) / (blue + green)

    def moved(obj: Obj, weight: Decimal) -> Obj:
        blue, green = items(obj)
        blue["weight"], green["weight"] = 100 - int(weight), int(weight)
        return obj

    return share, moved


def value(*way: str | int) -> tuple[Seen, Moved]:
    """For one number in percent."""
    *above, last = way

    def parent(obj: Obj) -> Any:
        for part in above:
            obj = obj[part]  # type: ignore[index] # a list is indexed by number
        return obj

    def share(obj: Obj) -> Decimal:
        return Decimal(str(parent(obj)[last]))

    def moved(obj: Obj, weight: Decimal) -> Obj:
        parent(obj)[last] = int(weight)
        return obj

    return share, moved


BLUE_V1, GREEN_V2 = {"host": "shop", "subset": "v1"}, {"host": "shop", "subset": "v2"}
VIRTUAL_SERVICE = Key("networking.istio.io", "virtualservices", "prod", "shop")
ISTIO = Kind(
    "istio", VIRTUAL_SERVICE, "v1",
    {
        "kind": "VirtualService",
        "spec": {
            "hosts": ["shop"],
            "http": [
                {
                    "name": "primary",
                    "route": [
                        {"destination": BLUE_V1, "weight": 100},
                        {"destination": GREEN_V2, "weight": 0},
                    ],
                }
            ],
        },
    },
    {"virtual_service": "shop", "http": "primary", "blue": "shop/v1", "green": "shop/v2"},
    *weights("spec", "http", 0, "route"),
)  # fmt: skip
ISTIO_MIRROR = Kind(
    "istio", VIRTUAL_SERVICE, "v1",
    {
        "kind": "VirtualService",
        "spec": {
            "hosts": ["shop"],
            "http": [
                {
                    "route": [{"destination": BLUE_V1}],
                    "mirrors": [{"destination": GREEN_V2, "percentage": {"value": 0}}],
                }
            ],
        },
    },
    {"virtual_service": "shop", "blue": "shop/v1", "green": "shop/v2", "moves": "mirror"},
    *value("spec", "http", 0, "mirrors", 0, "percentage", "value"),
)  # fmt: skip

HTTP_ROUTE = Key("gateway.networking.k8s.io", "httproutes", "prod", "shop")
BACKENDS = [
    {"name": "shop-blue", "port": 80, "weight": 100},
    {"name": "shop-green", "port": 80, "weight": 0},
]
SIDES: dict[str, object] = {"blue": "shop-blue", "green": "shop-green"}


def http_route(parent: Obj, *filters: Obj) -> Obj:
    rule = {"backendRefs": BACKENDS, **({"filters": list(filters)} if filters else {})}
    return {"kind": "HTTPRoute", "spec": {"parentRefs": [parent], "rules": [rule]}}


GATEWAY_API = Kind(
    "gateway-api", HTTP_ROUTE, "v1", http_route({"name": "front"}), {"http_route": "shop", **SIDES},
    *weights("spec", "rules", 0, "backendRefs"), controllers=[Gateway()],
)  # fmt: skip
COPY = {
    "type": "RequestMirror",
    "requestMirror": {"backendRef": {"name": "shop-green", "port": 80}, "percent": 0},
}
GATEWAY_MIRROR = Kind(
    "gateway-api", HTTP_ROUTE, "v1", http_route({"name": "front"}, COPY),
    {"http_route": "shop", "moves": "mirror", **SIDES},
    *value("spec", "rules", 0, "filters", 0, "requestMirror", "percent"), controllers=[Gateway()],
)  # fmt: skip
LINKERD = Kind(
    "linkerd", HTTP_ROUTE, "v1",
    http_route({"group": "core", "kind": "Service", "name": "shop", "port": 80}),
    {"service": "shop", "http_route": "shop", **SIDES},
    *weights("spec", "rules", 0, "backendRefs"),
    controllers=[Gateway("linkerd.io/policy-controller", telling=False)],
)  # fmt: skip
LINKERD_SMI = Kind(
    "linkerd", Key("split.smi-spec.io", "trafficsplits", "prod", "shop"), "v1alpha2",
    {
        "kind": "TrafficSplit",
        "spec": {
            "service": "shop",
            "backends": [
                {"service": "shop-blue", "weight": 100},
                {"service": "shop-green", "weight": 0},
            ],
        },
    },
    {"service": "shop", "traffic_split": "shop", **SIDES},
    *weights("spec", "backends"),
)  # fmt: skip

TRAEFIK_SERVICE = Key("traefik.io", "traefikservices", "prod", "shop")
TRAEFIK = Kind(
    "traefik-k8s", TRAEFIK_SERVICE, "v1alpha1",
    {"kind": "TraefikService", "spec": {"weighted": {"services": BACKENDS}}},
    {"traefik_service": "shop", **SIDES},
    *weights("spec", "weighted", "services"),
)  # fmt: skip
TRAEFIK_MIRROR = Kind(
    "traefik-k8s", TRAEFIK_SERVICE, "v1alpha1",
    {
        "kind": "TraefikService",
        "spec": {
            "mirroring": {
                "name": "shop-blue",
                "port": 80,
                "mirrors": [{"name": "shop-green", "port": 80, "percent": 0}],
            }
        },
    },
    {"traefik_service": "shop", "moves": "mirror", **SIDES},
    *value("spec", "mirroring", "mirrors", 0, "percent"),
)  # fmt: skip

KINDS: dict[str, Kind] = {
    "istio": ISTIO,
    "istio mirror": ISTIO_MIRROR,
    "gateway-api": GATEWAY_API,
    "gateway-api mirror": GATEWAY_MIRROR,
    "linkerd": LINKERD,
    "linkerd smi": LINKERD_SMI,
    "traefik-k8s": TRAEFIK,
    "traefik-k8s mirror": TRAEFIK_MIRROR,
}

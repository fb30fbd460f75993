"""Objects of meshes and gateways, by share and by mirror."""

from __future__ import annotations

from typing import Any

from tests.drivers.kube_kind import Kind, value, weights
from tests.fakes.kube_controllers import Gateway
from tests.fakes.kube_store import Key

Obj = dict[str, Any]

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

"""One object of every kind that a driver moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.drivers.kube_meshes import (
    GATEWAY_API,
    GATEWAY_MIRROR,
    ISTIO,
    ISTIO_MIRROR,
    LINKERD,
    LINKERD_SMI,
    TRAEFIK,
    TRAEFIK_MIRROR,
)
from tests.drivers.kube_others import ARGO_CD, ARGO_ROLLOUTS, K8S_SERVICE

if TYPE_CHECKING:
    from tests.drivers.kube_kind import Kind

KINDS: dict[str, Kind] = {
    "istio": ISTIO,
    "istio mirror": ISTIO_MIRROR,
    "gateway-api": GATEWAY_API,
    "gateway-api mirror": GATEWAY_MIRROR,
    "linkerd": LINKERD,
    "linkerd smi": LINKERD_SMI,
    "traefik-k8s": TRAEFIK,
    "traefik-k8s mirror": TRAEFIK_MIRROR,
    "k8s-service": K8S_SERVICE,
    "argo-rollouts": ARGO_ROLLOUTS,
    "argocd": ARGO_CD,
}

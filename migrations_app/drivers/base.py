"""The driver seam: one traffic plane whose share for GREEN can be read and set.

Weights are GREEN's share in percent as `Decimal`, 0 to 100, at most two decimals. A driver writes
both sides in one request where the plane can, raises before it lowers where it cannot, opens no
shell, follows no redirect, and keeps no state between calls beyond a connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from migrations_app.domain.capabilities import Capabilities
from migrations_app.domain.registry import Registry

if TYPE_CHECKING:
    from decimal import Decimal

    from pydantic import BaseModel

    from migrations_app.domain.finding import Finding


@dataclass(frozen=True, slots=True)
class Observed:
    """What the plane says now: GREEN's share, a version token for compare-and-set (or None),
    and a short factual detail for people (`blue 75/100, green 25/100`).

    `in_flight`: connections or requests still on the side that gets nothing new (its weight is 0),
    where the plane tells; None where it does not, or while both sides are in use.
    """

    weight: Decimal
    token: str | None = None
    detail: str = ""
    in_flight: int | None = None


@runtime_checkable
class Driver(Protocol):
    """One route's hand on the outside world.

    `__init__` takes a validated `Config` (addresses and secrets already resolved). Every call
    returns within the configured timeout or raises `Transient`, `Permanent`, `Conflict` or, when
    a write may have happened, `UnknownOutcome`. Thread-safe: several threads may call one driver.
    """

    kind: ClassVar[str]
    Config: ClassVar[type[BaseModel]]
    capabilities: ClassVar[Capabilities]
    verify_deadline: ClassVar[float]  # seconds after a write until its read-back counts as failed
    read_interval: ClassVar[float]  # seconds between routine read-backs
    tried: ClassVar[str]  # what it was tested against, for the docs: "HAProxy 2.6 and 2.8"

    def __init__(self, config: BaseModel) -> None: ...

    @property
    def lag(self) -> float:
        """Seconds after a confirmed write until the last client follows: a DNS record's TTL, a
        flag's polling interval. 0 where it is at once. Part of the time a rollback takes."""
        ...

    def cannot(self, weight: Decimal) -> str | None:
        """Why this route can't be set to `weight` (a sentence), or None if it can. No I/O."""
        ...

    def observe(self) -> Observed:
        """Read the weight back from the plane itself, never from a memory of our own."""
        ...

    def apply(self, weight: Decimal, token: str | None) -> None:
        """Set GREEN's share, absolutely. With a token, only if nothing moved since it was read."""
        ...

    def preview(self, weight: Decimal) -> list[str]:
        """The exact change `apply(weight)` would make, a line each. No writes."""
        ...

    def manual_commands(self, weight: Decimal) -> list[str]:
        """What a person types to do the same without Warroom: BLUE up first, read-back last."""
        ...

    def check(self) -> list[Finding]:
        """Look at everything this route needs and say, plainly, what is wrong. No writes."""
        ...

    def close(self) -> None: ...


__all__ = ["DRIVERS", "Capabilities", "Driver", "Observed"]

DRIVERS: Registry[Driver] = Registry(
    "warroom.drivers",
    "driver",
    {
        "aws-alb": "migrations_app.drivers.aws.alb:AlbDriver",
        "azure-front-door": "migrations_app.drivers.azure.driver:FrontDoorDriver",
        "azure-traffic-manager": "migrations_app.drivers.azure.driver:TrafficManagerDriver",
        "cloudflare-lb": "migrations_app.drivers.cloudflare.driver:CloudflareDriver",
        "envoy": "migrations_app.drivers.envoy.driver:EnvoyDriver",
        "envoy-file": "migrations_app.drivers.envoy.file:EnvoyFileDriver",
        "caddy": "migrations_app.drivers.caddy.driver:CaddyDriver",
        "fake": "migrations_app.drivers.fake.driver:FakeDriver",
        "flagsmith": "migrations_app.drivers.flags.flagsmith.driver:FlagsmithDriver",
        "flipt": "migrations_app.drivers.flags.flipt.driver:FliptDriver",
        "gcp-url-map": "migrations_app.drivers.gcp.driver:UrlMapDriver",
        "growthbook": "migrations_app.drivers.flags.growthbook.driver:GrowthBookDriver",
        "haproxy": "migrations_app.drivers.haproxy.driver:HAProxyDriver",
        "haproxy-dataplane": "migrations_app.drivers.haproxy.dataplane.driver:DataplaneDriver",
        "argo-rollouts": "migrations_app.drivers.kube.rollouts:RolloutsDriver",
        "argocd": "migrations_app.drivers.kube.argocd:ArgoCdDriver",
        "gateway-api": "migrations_app.drivers.kube.gateway:GatewayDriver",
        "istio": "migrations_app.drivers.kube.istio:IstioDriver",
        "k8s-service": "migrations_app.drivers.kube.service:ServiceDriver",
        "launchdarkly": "migrations_app.drivers.flags.launchdarkly.driver:LaunchDarklyDriver",
        "linkerd": "migrations_app.drivers.kube.linkerd:LinkerdDriver",
        "traefik": "migrations_app.drivers.traefik.driver:TraefikDriver",
        "traefik-k8s": "migrations_app.drivers.kube.traefik:TraefikDriver",
        "nginx": "migrations_app.drivers.nginx.driver:NginxDriver",
        "nginx-plus": "migrations_app.drivers.nginx.plus.driver:PlusDriver",
        "route53": "migrations_app.drivers.aws.route53:Route53Driver",
        "switch": "migrations_app.drivers.switch.driver:SwitchDriver",
        "unleash": "migrations_app.drivers.flags.unleash.driver:UnleashDriver",
    },
)

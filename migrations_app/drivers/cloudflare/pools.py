"""Pools of a load balancer, weighed by `random_steering`. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.cloudflare.shape import LoadBalancer
from migrations_app.drivers.cloudflare.steering import hundredths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.cloudflare.config import CloudflareConfig
    from migrations_app.drivers.cloudflare.steering import Result
    from migrations_app.drivers.scale import Parts
    from migrations_app.wire.shape import Shape

_COMPARED = ("default_pools", "steering_policy", "random_steering")
_BYPASSES = ("rules", "region_pools", "country_pools", "pop_pools")


class Pools:
    """`blue` and `green` are ids of pools."""

    def __init__(self, config: CloudflareConfig) -> None:
        self._config = config
        self.path = f"/zones/{config.zone}/load_balancers/{config.load_balancer}"
        self.shape: type[Shape] = LoadBalancer
        self.said = f"load balancer {config.load_balancer}"

    def weights(self, result: Result) -> dict[str, float]:
        policy = result.get("steering_policy")
        if policy != "random":
            raise Permanent(
                f'{self.said} steers by "{policy or "off"}", which knows no weights. Set its '
                'steering policy to "random".'
            )
        steering = result.get("random_steering") or {}
        told, default = steering.get("pool_weights") or {}, steering.get("default_weight", 1)
        return {pool: float(told.get(pool, default)) for pool in result["default_pools"]}

    def body(self, result: Result, parts: Parts) -> dict[str, Any]:
        steering = result.get("random_steering") or {}
        weights = {**(steering.get("pool_weights") or {}), **self._weights(parts)}
        return {"random_steering": {**steering, "pool_weights": weights}}

    def compared(self, result: Result) -> object:
        return {key: result.get(key) for key in _COMPARED}

    def findings(self, result: Result) -> Iterator[Finding]:
        if not result.get("enabled", True):
            yield self._ill("is disabled: its name is not answered at all. Enable it")
        if found := [key for key in _BYPASSES if _in_force(result.get(key))]:
            yield self._ill(
                f"has {' and '.join(found)}, which may send requests past the weights. Take them "
                "out, or make sure that they name the same pools"
            )
        if (kept := result.get("session_affinity") or "none") != "none":
            yield self._ill(
                f"keeps clients where they are ({kept}), also after a rollback to 0 %. Turn "
                "session affinity off while the run lasts"
            )
        yield self._pace(result)

    def filter(self, parts: Parts) -> tuple[str, str]:
        weights = json.dumps(self._weights(parts))
        sent = f"{{random_steering: (.result.random_steering | .pool_weights += {weights})}}"
        return sent, ".result.random_steering"

    def _weights(self, parts: Parts) -> dict[str, float]:
        return {
            self._config.blue: hundredths(parts.blue),
            self._config.green: hundredths(parts.green),
        }

    def _pace(self, result: Result) -> Finding:
        """Behind the proxy a change is followed at once; a DNS answer lives for its TTL."""
        ttl = 0 if result.get("proxied") else int(result.get("ttl") or 30)
        if ttl == self._config.ttl:
            how = f"answers by DNS with a TTL of {ttl} s" if ttl else "is proxied"
            return Finding(ok=True, what=self.said, sentence=f"it {how}.")
        how = f"clients follow by DNS, with a TTL of {ttl} s" if ttl else "it is proxied"
        return self._ill(f"is told wrongly: {how}. Write ttl: {ttl} in the runbook")

    def _ill(self, sentence: str) -> Finding:
        return Finding(ok=False, what=self.said, sentence=f"It {sentence}.")


def _in_force(value: Any) -> bool:
    if isinstance(value, list):
        return any(not rule.get("disabled") for rule in value)
    return bool(value)

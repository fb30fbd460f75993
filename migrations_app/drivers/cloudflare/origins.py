"""Origins of one pool, weighed in the pool itself. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from migrations_app.domain.errors import Permanent
from migrations_app.domain.finding import Finding
from migrations_app.drivers.cloudflare.shape import Pool
from migrations_app.drivers.cloudflare.steering import hundredths

if TYPE_CHECKING:
    from collections.abc import Iterator

    from migrations_app.drivers.cloudflare.config import CloudflareConfig
    from migrations_app.drivers.cloudflare.steering import Result
    from migrations_app.drivers.scale import Parts
    from migrations_app.wire.shape import Shape


class Origins:
    """`blue` and `green` are names of origins."""

    def __init__(self, config: CloudflareConfig) -> None:
        self._config = config
        self.path = f"/accounts/{config.account}/load_balancers/pools/{config.pool}"
        self.shape: type[Shape] = Pool
        self.said = f"pool {config.pool}"

    def weights(self, result: Result) -> dict[str, float]:
        """A disabled origin takes nothing, whatever its weight."""
        return {
            str(one["name"]): float(one.get("weight", 1)) if one.get("enabled", True) else 0.0
            for one in result["origins"]
        }

    def body(self, result: Result, parts: Parts) -> dict[str, Any]:
        wanted = self._weights(parts)
        for one in result["origins"]:
            if wanted.get(one["name"]) and not one.get("enabled", True):
                raise Permanent(
                    f"origin {one['name']} is disabled and would get nothing: enable it."
                )
        origins = [
            {**one, "weight": wanted.get(one["name"], one.get("weight", 1))}
            for one in result["origins"]
        ]
        return {"origins": origins}

    def compared(self, result: Result) -> object:
        return result["origins"]

    def findings(self, result: Result) -> Iterator[Finding]:
        if not result.get("enabled", True):
            yield self._ill("is disabled and gets no traffic. Enable it")
        policy = (result.get("origin_steering") or {}).get("policy", "random")
        if policy != "random":
            yield self._ill(
                f'steers by "{policy}": a share of weights is no share of requests. Set its '
                'endpoint steering to "random"'
            )
        if not result.get("monitor"):
            yield self._ill("has no monitor, so an origin that died goes on getting traffic")
        for one in result["origins"]:
            if not one.get("enabled", True):
                yield self._ill(f"has {one['name']} disabled: it gets nothing, whatever its weight")

    def filter(self, parts: Parts) -> tuple[str, str]:
        weights = json.dumps(self._weights(parts))
        sent = f"{{origins: [.result.origins[] | .weight = ({weights}[.name] // .weight)]}}"
        return sent, ".result.origins[] | [.name, .weight]"

    def _weights(self, parts: Parts) -> dict[str, float]:
        return {
            self._config.blue: hundredths(parts.blue),
            self._config.green: hundredths(parts.green),
        }

    def _ill(self, sentence: str) -> Finding:
        return Finding(ok=False, what=self.said, sentence=f"It {sentence}.")

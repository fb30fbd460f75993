"""The part of Cloudflare's answers that weights are read from."""

from __future__ import annotations

from migrations_app.wire.shape import Shape


class Weights(Shape):
    default_weight: float = 1
    pool_weights: dict[str, float] | None = None


class LoadBalancer(Shape):
    default_pools: list[str]
    steering_policy: str | None = None
    random_steering: Weights | None = None


class Origin(Shape):
    name: str
    address: str = ""
    weight: float = 1
    enabled: bool = True


class Pool(Shape):
    origins: list[Origin]
